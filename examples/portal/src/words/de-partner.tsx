// What partners read, in German.
import type { Formats } from "../format/formats";
import { counting } from "./counting";
import type { PartnerWords } from "./en-partner";

export function dePartner(format: Formats): PartnerWords {
  const counted = counting(format);
  return {
    balances: {
      title: "Guthaben",
      inCurrency: (currency) => `Guthaben in ${currency}`,
      payable: "Bereit zur Auszahlung",
      onTheWay: (amount) => <>und {amount} in Zahlungen unterwegs</>,
      minimum: (amount) => <>Ausgezahlt wird ab {amount}</>,
      nextRun: "Geht mit dem nächsten Zahlungslauf hinaus",
      waiting: "Wartet auf Freigabe",
      waitingHint: "Verdient und nach der Wartezeit freigegeben",
      paid: "Bisher ausgezahlt",
      paidHint: "Seit Beginn der Partnerschaft",
    },
    links: {
      title: "Ihre Links",
      brought: (name) => `Was ${name} gebracht hat`,
      link: "Link",
      clicks: "Klicks",
      customers: "Kunden",
      earned: "Verdient",
      empty: "Noch kein Link. Legen Sie einen an und geben Sie ihn weiter: Verkäufe an alle, die ihm folgen, sind Ihre.",
      none: "Noch kein Link. Ihr Partnermanager legt sie an.",
      create: "Neuer Link",
      make: "Anlegen",
      copy: "Kopieren",
      copied: "Kopiert",
      qr: "QR-Code",
      qrOf: (name) => `QR-Code von ${name}`,
      save: "Speichern",
      close: "Schließen",
      statuses: { ACTIVE: "Aktiv", DISABLED: "Abgeschaltet" },
      turn: { ACTIVE: "Einschalten", DISABLED: "Abschalten" },
      fields: {
        campaignId: "Kampagne",
        destinationUrl: "Wohin er führt",
        key: "Das Ende der Adresse, etwa fruehling; leer: wird vergeben",
      },
    },
    commissions: {
      title: "Provisionen",
      newest: "Neueste Provisionen",
      all: "Alle",
      empty: "Noch keine Provision. Jeder Verkauf, den Sie bringen, erscheint hier mit den Schritten zu seinem Betrag.",
      noSteps: "Dazu sind keine Schritte festgehalten.",
      matures: (day) => `Kann ab ${day} freigegeben werden.`,
      saleOf: (what, amount) => (
        <>
          {what} über {amount}
        </>
      ),
      byCampaign: "Nach Kampagnen, von Anfang an",
      noCampaign: "Außerhalb von Kampagnen",
      everyCampaign: "Jede Kampagne",
      everyStatus: "Jeder Status",
      counted: (count) => counted(count, "Provision", "Provisionen"),
      count: (count) => `${count} insgesamt, wann auch immer verdient`,
    },
    payouts: {
      title: "Was Ihnen ausgezahlt wurde",
      empty: "Noch keine Auszahlung. Freigegebene Provisionen werden gesammelt ausgezahlt.",
    },
    statement: {
      title: "Ihr Auszug",
      choose: "Monat wählen",
      hint: "Was Ihnen zu Beginn des Monats zustand, was sich daran änderte, und was Ihnen an seinem Ende zustand.",
      of: (month) => `Auszug für ${month}`,
      owed: "Stand",
      opening: "Stand davor",
      closing: "Stand danach",
      nothing: (month) => `Im ${month} ist nichts geschehen.`,
      first: (count) => `Das sind die ersten ${count} Bewegungen. In der Datei stehen alle.`,
    },
    goals: { title: "Ihre nächsten Ziele" },
    terms: {
      campaign: "Kampagne",
      outside: "Außerhalb von Kampagnen",
      none: "Für diese Kampagne gibt es keine Konditionen.",
      earnsNothing: "Neue Verkäufe bringen zurzeit nichts ein.",
      sources: {
        CAMPAIGN_SNAPSHOT: "Mit Ihnen für diese Kampagne vereinbart",
        PARTNER_SNAPSHOT: "Mit Ihnen vereinbart",
        CAMPAIGN: "Die Konditionen der Kampagne",
        GROUP: "Die Regeln Ihrer Gruppe",
        DEFAULT_GROUP: "Die Standardregeln des Programms",
        NONE: "Keine Konditionen",
      },
      group: (name) => `Ihre Gruppe: ${name}.`,
      holdback: (days) => `Freigegeben frühestens ${counted(days, "Tag", "Tage")} nach dem Verkauf.`,
      noHoldback: "Freigegeben ohne Wartezeit.",
      fixed: "Ein fester Betrag",
      groupRules: "Die Regeln Ihrer Gruppe",
      when: (trigger, what, share) => {
        const of = share ? "von" : "für";
        // Types of events are the programme's own words, whose gender and plural nobody knows.
        switch (trigger) {
          case "EVERY":
            return what ? `${of} jedem Ereignis „${what}“` : share ? "von jedem Verkauf" : "für jeden Verkauf";
          case "FIRST":
            return `beim ersten ${what ? `„${what}“` : "Verkauf"} jedes Kunden`;
          case "SUBSEQUENT":
            return `bei jedem späteren ${what ? `„${what}“` : "Verkauf"} eines Kunden`;
        }
      },
      firstMonths: (months) => `in den ersten ${counted(months, "Monat", "Monaten")} des Kunden`,
      months: (months) => counted(months, "Monat", "Monate"),
      perUnit: "je Stück",
      only: (conditions) => `(nur ${conditions})`,
      conditions: {
        products: (names) => `Produkte ${names}`,
        categories: (names) => `Kategorien ${names}`,
        excludeProducts: (names) => `alle Produkte außer ${names}`,
        countries: (names) => `in ${names}`,
        via: {
          LINK: "über Ihren Link",
          COUPON: "mit Ihrem Code",
          REFERRAL: "durch Ihre Empfehlung",
          BINDING: "von Ihren Kunden",
          NAMED: "als Ihre gemeldet",
        },
        from: (amount) => `Verkäufe ab ${amount}`,
        below: (amount) => `Verkäufe unter ${amount}`,
        customer: { NEW: "neue Kunden", RETURNING: "wiederkehrende Kunden" },
      },
    },
    rules: {
      newCustomer: (percent, months) =>
        `${percent} von jedem Verkauf in den ersten ${counted(months, "Monat", "Monaten")} eines Kunden`,
      recurring: (percent, only) => `${percent} von jedem ${only ? "" : "anderen "}Verkauf`,
      upgrade: (points, sales) => `${points} Prozentpunkte mehr, sobald Ihre Verkäufe ${sales} erreichen`,
      towardsUpgrade: "Auf dem Weg zum höheren Satz",
      bonus: (amount, more, sale) => `${amount} ${more ? "mehr" : "weniger"} für jeden Verkauf ab ${sale}`,
      gate: (customers) => `Zahlt ab ${counted(customers, "zahlenden Kunden", "zahlenden Kunden")}`,
      towardsGate: "Auf dem Weg zum ersten Kunden, der zählt",
      customersToGo: (customers) => `noch ${counted(customers, "Kunde", "Kunden")}`,
    },
    tiers: {
      title: "Der Weg zur nächsten Stufe",
      none: "Keine Stufe zählt die Verkäufe dieser Kampagne.",
      acts: "Gilt",
      reached: "Erreicht",
      counts: "Zählt Ihre Verkäufe",
      toGo: (what) => `noch ${what}`,
      progress: (value, goal, metric) => `${value} von ${goal} ${metric}`,
      until: (day) => `bis ${day}`,
      only: (what) => `nur „${what}“`,
      metrics: {
        CONVERSION: "Conversions",
        EVENT: "Ereignissen",
        SALE_AMOUNT: "Umsatz",
        PAYOUT: "Provision",
        REVENUE: "Erlös",
      },
      periods: {
        DAILY: "Täglich",
        WEEKLY: "Wöchentlich",
        MONTHLY: "Monatlich",
        QUARTERLY: "Im Quartal",
        GLOBAL: "Insgesamt",
      },
      changes: {
        INCREASE: (value) => `${value} mehr Provision`,
        DECREASE: (value) => `${value} weniger Provision`,
        FLAT_INCREASE: (value) => `${value} mehr`,
        FLAT_DECREASE: (value) => `${value} weniger`,
        EXACT: (value) => value,
      },
      fromThen: (change) => `${change} für alles Weitere`,
      ofTheSale: (percent) => `${percent} des Verkaufs`,
      afterwards: (change, same) =>
        `${change} für jeden Verkauf ${same ? "desselben" : "des"} Zeitraums, danach gezahlt`,
    },
  };
}

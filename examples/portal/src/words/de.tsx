// The portal in German.
import type { Formats } from "../format/formats";
import type { Words } from "./en";
import { reasons } from "./reasons.de";

export function de(format: Formats): Words {
  const counted = (count: number, one: string, many: string) => `${format.count(count)} ${count === 1 ? one : many}`;
  return {
    pages: {
      overview: "Übersicht",
      earnings: "Einnahmen",
      payouts: "Auszahlungen und Auszüge",
      terms: "Konditionen",
      programme: "Programm",
      partners: "Partner",
      payoutRuns: "Zahlungsläufe",
      backtests: "Rückrechnungen",
    },
    shell: {
      portal: "Partnerportal",
      navigation: "Seiten",
      skip: "Zur Seite springen",
      language: "Sprache",
      leave: "Verlassen",
      signIn: "Anmelden",
      providerAway: "Die Anmeldeseite ist nicht erreichbar. Versuchen Sie es gleich noch einmal.",
      loading: "Wird geladen",
      refresh: "Aktualisieren",
      refreshing: "Wird aktualisiert",
      retry: "Noch einmal versuchen",
      stale: "Darunter stehen die Zahlen, die zuletzt ankamen.",
      notFound: "Diese Seite gibt es nicht",
      toFirstPage: "Zur ersten Seite",
      timeZone: (zone) => `Tage und Monate sind die von ${zone}.`,
    },
    live: {
      starting: "Verbindet",
      listening: "Live",
      interrupted: "Verbindet neu",
      hint: "Neue Provisionen erscheinen von selbst",
      news: (status, amount) =>
        ({
          ACCRUED: `Neue Provision: ${amount}`,
          APPROVED: `Provision freigegeben: ${amount}`,
          PAID: `Provision ausgezahlt: ${amount}`,
          REVERSED: `Provision storniert: ${amount}`,
        })[status],
    },
    door: (why, canSignIn) => {
      switch (why) {
        case "no token":
          return canSignIn
            ? {
                title: "Partnerportal",
                text: "Melden Sie sich an, oder öffnen Sie den persönlichen Link von Ihrer Partnerbetreuung.",
              }
            : {
                title: "Öffnen Sie das Portal mit Ihrem Link",
                text: "Diese Seite öffnet sich mit dem persönlichen Link, den Ihre Partnerbetreuung Ihnen geschickt hat. Er enthält Ihren Zugang und geht deshalb in jedem Browser.",
              };
        case "expired":
          return canSignIn
            ? { title: "Ihre Sitzung ist abgelaufen", text: "Melden Sie sich wieder an, um weiterzumachen." }
            : {
                title: "Ihr Link ist abgelaufen",
                text: "Links gelten nur eine Zeit lang. Bitten Sie Ihre Partnerbetreuung um einen neuen, oder öffnen Sie das Portal dort, wo Sie es sonst tun.",
              };
        case "refused":
          return {
            title: canSignIn ? "Ihr Zugang ist beendet" : "Dieser Link öffnet das Portal nicht mehr",
            text: "Ihr Zugang ist beendet, oder Ihre Partnerschaft ist zurzeit ausgesetzt. Was Sie verdient haben, ist nicht verloren. Ihre Partnerbetreuung kann Ihnen mehr sagen.",
          };
        case "signing in":
          return { title: "Sie werden angemeldet", text: "Einen Augenblick." };
        case "not signed in":
          return {
            title: "Die Anmeldung hat nicht geklappt",
            text: "Versuchen Sie es noch einmal. Klappt es wieder nicht, hilft Ihre Partnerbetreuung.",
          };
      }
    },
    trouble: (problem) => {
      switch (problem.kind) {
        case "forbidden":
          return {
            title: "Ihr Zugang öffnet nicht alles auf dieser Seite",
            text: `Das Gateway sagt: ${problem.detail}.`,
          };
        case "busy":
          return { title: "Das Gateway ist ausgelastet", text: "Versuchen Sie es gleich noch einmal." };
        case "unreachable":
          return {
            title: "Das Gateway ist nicht erreichbar",
            text: "Prüfen Sie Ihre Verbindung. Es ist nichts verloren.",
          };
        case "refused":
          return {
            title: "Ihr Zugang ist beendet",
            text: "Bitten Sie Ihre Partnerbetreuung um einen neuen Link.",
          };
        case "failed":
          return {
            title: "Etwas ist schiefgegangen",
            text: `${problem.detail ?? "Das Gateway hat nicht geantwortet."}${problem.requestId ? ` (Anfrage ${problem.requestId})` : ""}`,
          };
      }
    },
    table: {
      date: "Datum",
      month: "Monat",
      status: "Status",
      reference: "Referenz",
      reason: "Grund",
      amount: "Betrag",
      partner: "Partner",
      actions: "Aktionen",
      what: "Was",
      currency: "Währung",
      more: "Mehr zeigen",
      cancel: "Abbrechen",
      sameAsTable: "Dasselbe als Tabelle",
      plot: (label) => `${label}; die Pfeiltasten gehen von Monat zu Monat`,
    },
    files: { csv: "Als CSV speichern", saving: "Wird gespeichert" },
    series: {
      earned: "Was Sie verdient haben",
      partnersEarned: "Was Partner verdient haben",
      label: "Einnahmen nach Monaten",
      empty: "Noch nichts. Die erste Provision erscheint hier von selbst.",
      lastMonths: (months) => `in den letzten ${months} Monaten`,
      PAID: "Ausgezahlt",
      APPROVED: "Freigegeben",
      ACCRUED: "Wartet auf Freigabe",
      total: "Summe",
    },
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
    commissionStatus: { ACCRUED: "Wartend", APPROVED: "Freigegeben", PAID: "Ausgezahlt", REVERSED: "Storniert" },
    commissionKind: {
      EVENT: "Verkauf",
      CLAWBACK: "Rückforderung",
      DEAL: "Abschluss",
      MANUAL: "Von Hand gebucht",
      OPENING: "Anfangsbestand",
      RETURNED: "Zurückgekommene Zahlung",
      TIER_ADJUSTMENT: "Nachzahlung einer Stufe",
    },
    eventKind: { CHARGE: "Verkauf", CONVERSION: "Conversion", REFUND: "Erstattung", CHARGEBACK: "Rückbuchung" },
    movementKind: {
      ACCRUED: "Verdient",
      ADJUSTED: "Angepasst",
      CLAWED_BACK: "Zurückgefordert",
      OPENING: "Anfangsbestand",
      PAID: "Ausgezahlt",
      RETURNED: "Zurückgekommen",
      REVERSED: "Storniert",
    },
    payouts: {
      title: "Was Ihnen ausgezahlt wurde",
      empty: "Noch keine Auszahlung. Freigegebene Provisionen werden gesammelt ausgezahlt.",
    },
    payoutStatus: {
      PENDING: "Unterwegs",
      PAID: "Bezahlt",
      FAILED: "Fehlgeschlagen",
      CANCELED: "Abgebrochen",
      RETURNED: "Zurückgekommen",
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
    totals: {
      title: "Summen",
      inCurrency: (currency) => `Summen in ${currency}`,
      empty: "Noch keine Provision. Zeichnen Sie ein Ereignis auf, um zu sehen, was es einbringt.",
      ACCRUED: "Wartet auf Freigabe",
      APPROVED: "Freigegeben, zu zahlen",
      PAID: "Ausgezahlt",
      REVERSED: "Storniert",
    },
    leaks: {
      title: "Was verloren geht",
      empty: (days) => `Keine Ereignisse in den letzten ${days} Tagen.`,
      earned: (events, days) => `von ${events} Ereignissen der letzten ${days} Tage brachten etwas ein`,
      unknown: "Unbekannt",
    },
    reasons,
    partners: {
      search: "Name oder externe Id",
      everyStatus: "Jeder Status",
      order: "Reihenfolge",
      newest: "Neueste zuerst",
      byName: "Nach Namen",
      byPayable: (currency) => `Am meisten zu zahlen in ${currency}`,
      bySales: (currency) => `Am meisten Umsatz in ${currency}`,
      found: (count) => `${count} Partner`,
      empty: "Kein Partner ist so.",
      earned: "Verdient",
      waiting: "Wartend",
      payable: "Zu zahlen",
      paid: "Ausgezahlt",
      standard: "Standardregeln",
      nothing: (currency) => (currency ? `nichts in ${currency}` : "noch nichts"),
      suspend: "Aussetzen",
      suspendOne: (name) => `${name} aussetzen`,
      suspendHint:
        "Neue Verkäufe bringen nichts ein, und Links öffnen das Portal nicht mehr. Es lässt sich zurücknehmen.",
      activate: "Aktivieren",
      activateOne: (name) => `${name} aktivieren`,
      link: "Link kopieren",
      copied: "Kopiert, gilt eine Stunde",
      notCopied: "Der Browser hat ihn nicht kopiert",
    },
    partnerStatus: { ACTIVE: "Aktiv", INVITED: "Eingeladen", SUSPENDED: "Ausgesetzt", REVOKED: "Beendet" },
    runs: {
      next: "Der nächste Lauf",
      list: "Bisherige Läufe",
      none: "Noch kein Lauf.",
      unknown: "Diesen Lauf gibt es nicht.",
      cutOff: "Provisionen, die entstanden sind",
      everything: "wann auch immer",
      before: (month) => `vor ${month}`,
      preview: "Vorschau",
      previewHint: "Eine Vorschau ändert nichts.",
      run: "Lauf starten",
      runNow: "Zahlungen anlegen",
      runHint: "Legt für alle, die die Vorschau bezahlt, eine Zahlung an. Was seither geschrieben wurde, zählt mit.",
      nothingToPay: "Niemandem steht etwas zu.",
      of: (moment) => `Lauf vom ${moment}`,
      by: (name) => `Angelegt von ${name}.`,
      cutOffAt: (moment) => `Provisionen, die vor dem ${moment} entstanden sind.`,
      payouts: "Zahlungen",
      noPayouts: "Der Lauf hat keine Zahlungen angelegt.",
      pending: "Unterwegs",
      left: "Was nicht bezahlt wurde",
      lines: "Zeilen",
      commissions: "Provisionen",
      bankReference: "Bankreferenz",
      payees: (count) => `${count} Empfänger`,
      first: (count) => `Das sind die ersten ${count}.`,
    },
    outcomes: {
      PAID_OUT: "Wird gezahlt",
      BELOW_MINIMUM: "Unter dem Mindestbetrag",
      CURRENCY_NOT_CHOSEN: "Andere Währung gewählt",
      NOT_POSITIVE: "Nichts offen",
      PARTNER_SUSPENDED: "Partner ausgesetzt",
      RECIPIENT_UNASSIGNED: "Noch kein Empfänger",
      TOO_LARGE: "Zu groß",
    },
    file: {
      title: "Zahlungsdatei",
      format: "Für",
      download: (currency) => (currency ? `Datei in ${currency} speichern` : "Datei speichern"),
      leftOut: (count, number) => `${count} ${number === 1 ? "Zahlung fehlt" : "Zahlungen fehlen"} in dieser Datei:`,
    },
    settlement: {
      title: "Abrechnung",
      allPaid: "Alle ausstehenden sind angekommen",
      allPaidHint: "Hält fest, dass jede ausstehende Zahlung dieses Laufs angekommen ist.",
      record: "Festhalten",
      file: "Oder eine CSV-Datei mit den Spalten id, status und reference",
      found: (count, number) => `${count} ${number === 1 ? "Zahlung" : "Zahlungen"} dieses Laufs gefunden.`,
      wrong: (lines) => `Der Status ist nicht PAID, FAILED, CANCELED oder RETURNED in Zeile ${lines}.`,
      others: (count) => `${count} andere Zeilen werden übergangen.`,
      settled: (count, number) => `${count} ${number === 1 ? "Zahlung" : "Zahlungen"} abgerechnet.`,
      problems: { columns: "Die Datei hat keine Spalten id und status." },
      command: "Dateien, wie Zahlungsdienste sie schreiben",
    },
    backtest: {
      title: "Was hätte es gekostet?",
      hint: "Probiert einen anderen Satz mit den Verkäufen, die es wirklich gab. Niemand bekommt etwas anderes.",
      percent: "Prozent von jedem Verkauf",
      now: (terms) => `jetzt ${terms}`,
      PERCENT: "ein Satz",
      FIXED: "ein fester Betrag",
      GROUP_RULES: "die Regeln der Gruppe",
      overLast: "Über die letzten",
      replace: "auch für Partner, denen etwas anderes zugesagt ist",
      start: "Ausrechnen",
      progress: "Wie viel davon ausgerechnet ist",
      canceled: "Sie wurde abgebrochen.",
      result: "Was dabei herauskommt",
      nothing: "Dort wurde in dieser Zeit nichts verdient, und es wäre auch nichts verdient worden.",
      insteadOf: (proposed, actual, difference) => (
        <>
          {proposed} <span>statt</span> {actual}
          <span>, die verdient wurden:</span> {difference}
        </>
      ),
      changes: (higher, lower) => `${higher} Beträge wären höher, ${lower} niedriger.`,
      incomplete: "Womit manche älteren Verkäufe entschieden wurden, ist nicht bekannt; für sie gilt, was jetzt gilt.",
      actual: "Verdient",
      proposed: "Vorgeschlagen",
      difference: "Unterschied",
      label: "Verdient und vorgeschlagen nach Monaten",
      gain: "Gewinnen am meisten",
      lose: "Verlieren am meisten",
      list: "Bisherige Rückrechnungen",
      none: "Noch keine Rückrechnung.",
      about: "Worüber",
      over: "Zeitraum",
      tier: "Eine Stufenprovision",
      range: (from, to) => `${from} bis ${to}`,
    },
    backtestStatus: {
      QUEUED: "Wartet",
      RUNNING: "Läuft",
      DONE: "Fertig",
      FAILED: "Fehlgeschlagen",
      CANCELED: "Abgebrochen",
    },
  };
}

// The portal in German.
import type { Formats } from "../format/formats";
import type { Words } from "./en";
import { dePartner } from "./de-partner";
import { deStaff } from "./de-staff";

export function de(format: Formats): Words {
  return {
    pages: {
      overview: "Übersicht",
      links: "Links",
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
    payoutStatus: {
      PENDING: "Unterwegs",
      PAID: "Bezahlt",
      FAILED: "Fehlgeschlagen",
      CANCELED: "Abgebrochen",
      RETURNED: "Zurückgekommen",
    },
    ...dePartner(format),
    ...deStaff,
  };
}

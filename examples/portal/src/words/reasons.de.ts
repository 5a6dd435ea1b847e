import { reason, type Reasons } from "./reasons";

export const reasons: Reasons = {
  IMPORTED: reason("Importierte Vorgeschichte", "Wie sie war übernommen: nichts zu beheben"),
  ALREADY_PAID: reason(
    "An einen anderen Partner ausgezahlt",
    "Was sie verdient hatte, war vor dem Umzug ausgezahlt: beim Umziehen zurückfordern, falls das falsch war",
    "Was sie verdient hatte, war ausgezahlt, bevor sie Ihnen zugeschrieben wurde.",
  ),
  COUPON_INVALID: reason("Code nicht gültig", "Den Code des Gutscheins, seine Daten und seinen Partner prüfen"),
  UNATTRIBUTED: reason("Kein Partner", "Einen Partner zum Ereignis nennen oder den Kunden an einen binden"),
  PARTNER_SUSPENDED: reason(
    "Partner ausgesetzt",
    "Den Partner aktivieren, falls seine Verkäufe wieder zählen sollen",
    "Ihre Partnerschaft ist ausgesetzt.",
  ),
  PARTNER_REVOKED: reason(
    "Partnerschaft beendet",
    "Den Partner wieder aufnehmen, falls die Partnerschaft weitergeht",
    "Ihre Partnerschaft ist beendet.",
  ),
  CAMPAIGN_PAUSED: reason(
    "Kampagne pausiert",
    "Die Kampagne fortsetzen oder ihr keine Verkäufe mehr senden",
    "Die Kampagne ist pausiert.",
  ),
  CAMPAIGN_NOT_STARTED: reason(
    "Vor der Kampagne",
    "Prüfen, wann die Kampagne beginnt",
    "Die Kampagne hat noch nicht begonnen.",
  ),
  CAMPAIGN_ENDED: reason(
    "Nach der Kampagne",
    "Die Kampagne verlängern oder ihre Links beenden",
    "Die Kampagne ist beendet.",
  ),
  NO_TERMS: reason(
    "Keine Konditionen",
    "Der Kampagne Konditionen geben oder dem Partner eine Gruppe",
    "Für diese Verkäufe sind keine Konditionen vereinbart.",
  ),
  EVENT_TYPE: reason("Andere Art von Ereignis", "Die gesendeten Arten mit denen der Konditionen vergleichen"),
  CUSTOMER_REQUIRED: reason("Kein Kunde", "Zum Ereignis einen Kunden senden: die Konditionen verlangen ihn"),
  NOT_FIRST: reason("Nicht das erste", "Nur das erste Ereignis eines Kunden zahlt: wie vereinbart"),
  NOT_SUBSEQUENT: reason("Das erste", "Nur die späteren Ereignisse eines Kunden zahlen: wie vereinbart"),
  RECURRING_MONTHS_OVER: reason("Monate vorbei", "Die bezahlten Monate des Kunden sind vorüber: wie vereinbart"),
  CURRENCY: reason("Andere Währung", "Einen festen Betrag in dieser Währung oder Prozente vereinbaren"),
  NO_AMOUNT: reason("Kein Betrag", "Zum Ereignis einen Betrag senden"),
  NO_GROUP: reason("Keine Gruppe", "Den Partner in eine Gruppe nehmen oder eine zur Standardgruppe machen"),
  ZERO_RATE: reason("Satz von null", "Die Konditionen sagen 0: wie vereinbart"),
  RULES_GAVE_ZERO: reason("Regeln ergaben null", "Schwellen und Abzüge der Gruppe ansehen"),
  ROUNDED_TO_ZERO: reason("Auf null gerundet", "Zu klein für die Währung: nichts zu beheben"),
  TIER_GAVE_ZERO: reason("Eine Stufe nahm alles", "Den Abzug der Stufe ansehen"),
};

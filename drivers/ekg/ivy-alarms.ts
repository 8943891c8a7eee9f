import type { AlertKind, Priority } from '../../model/alert.ts';
import type { QualityReason } from '../../model/quality.ts';

/** What a text of the monitor is about. */
export interface AlarmMeaning {
  readonly alertKind: AlertKind;
  readonly priority: Priority;
  /** Why the values of its line are not to be trusted, for technical texts. */
  readonly reason?: QualityReason;
  readonly mdc?: { readonly code: number; readonly refId: string };
}

interface KnownText {
  readonly begins: string;
  readonly meaning: AlarmMeaning;
}

/*
 * Texts whose meaning is known. Only APNEA and NO TRANSDUCER are in a source (protocols.md 4.1); the two about leads are
 * the usual words of the manufacturer's monitors, to be confirmed. Codes: standards.md 2.5.
 */
const known: readonly KnownText[] = [
  {
    begins: 'APNEA',
    meaning: { alertKind: 'physiological', priority: 'high', mdc: { code: 199680, refId: 'MDC_EVT_APNEA' } },
  },
  {
    begins: 'NO TRANSDUCER',
    meaning: {
      alertKind: 'technical',
      priority: 'low',
      reason: 'sensor-off',
      mdc: { code: 196916, refId: 'MDC_EVT_SENSOR_DISCONN' },
    },
  },
  ...['LEAD OFF', 'CHECK LEAD'].map(
    (begins): KnownText => ({
      begins,
      meaning: {
        alertKind: 'technical',
        priority: 'medium',
        reason: 'lead-off',
        mdc: { code: 196882, refId: 'MDC_EVT_LEADS_OFF' },
      },
    }),
  ),
];

/** An alarm whose words nobody knows could be anything: it is shown as it is, and looked at soon. */
const unknownText: AlarmMeaning = { alertKind: 'technical', priority: 'medium' };

const siteMeaning = (text: string | undefined): AlarmMeaning | null => {
  switch (text?.toLowerCase()) {
    case 'physiological':
      return { alertKind: 'physiological', priority: 'high' };
    case 'technical':
      return { alertKind: 'technical', priority: 'medium' };
    default:
      return null;
  }
};

export const knownMeaning = (text: string): AlarmMeaning | null =>
  known.find(({ begins }) => text.startsWith(begins))?.meaning ?? null;

/** Meaning of a text in the alarm field. `site` is the site's own table of texts. Never a guess. */
export const meaningOf = (text: string, site: ReadonlyMap<string, string>): AlarmMeaning =>
  siteMeaning(site.get(text)) ?? knownMeaning(text) ?? unknownText;

/** Device and patient, or device and place, over an interval of event time: from <= t < to. */
export interface Association {
  readonly id: string;
  readonly device: string;
  readonly subject: { readonly kind: 'patient' | 'place'; readonly id: string };
  readonly from: number;
  readonly to: number | null;
}

/** True where the association covers the moment. */
export const covers = (association: Association, at: number): boolean =>
  association.from <= at && (association.to === null || at < association.to);

/** True where two intervals share a moment. */
export const overlaps = (a: Pick<Association, 'from' | 'to'>, b: Pick<Association, 'from' | 'to'>): boolean =>
  (a.to === null || b.from < a.to) && (b.to === null || a.from < b.to);

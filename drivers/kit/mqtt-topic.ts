/**
 * The topic of a device by its address: a plain name goes under the usual base; one with a slash is already the whole
 * topic, for sites that set another base.
 */
export const topicOf = (base: string, address: string): string =>
  address.includes('/') ? address : `${base}/${address}`;

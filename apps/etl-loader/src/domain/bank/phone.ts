/**
 * Reads a telephone number as somebody has typed it.
 *
 * @param country ISO 3166-1 alpha-2, of numbers without a country code; undefined when it is not known
 * @returns E.164 with the leading `+`, of a number that may take SMS; undefined for what is none
 */
export type ReadPhone = (text: string, country: string | undefined) => string | undefined

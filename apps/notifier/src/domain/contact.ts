/**
 * Whether this can be one mailbox's address (RFC 5321, without quoted local parts): exactly one, without a display
 * name, list separators or anything that would mean something in an SMTP command or a header.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(text)
}

/** Whether this is a telephone number in E.164: `+`, the country code, at most 15 digits. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text)
}

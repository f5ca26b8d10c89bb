import type { Channel } from '@swipestream/contracts'

/** An address of which only a hint is left: `j***@example.org`, `+49*****89`. */
export function maskRecipient(channel: Channel, recipient: string): string {
  switch (channel) {
    case 'email': {
      const at = recipient.lastIndexOf('@')
      return at < 1 ? '***' : `${[...recipient][0]}***${recipient.slice(at)}`
    }
    case 'sms':
      return recipient.length < 8 ? '***' : `${recipient.slice(0, 3)}*****${recipient.slice(-2)}`
    case 'app':
      return '***'
  }
}

/** What a provider says, without the addresses it repeats: `550 5.1.1 <***> user unknown`. At most 500 characters. */
export function withoutAddresses(text: string): string {
  return text
    .replaceAll(/[^\s<>"',;:()[\]]+@[^\s<>"',;:()[\]]+/gu, '***')
    .replaceAll(/\+?\d[\d\s().-]{5,}\d/g, (digits) => (digits.replaceAll(/\D/g, '').length >= 7 ? '***' : digits))
    .slice(0, 500)
}

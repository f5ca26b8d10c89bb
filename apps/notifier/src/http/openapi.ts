import { type ApiDescription, problemSchema } from '@swipestream/platform'
import { inboxSecuritySchemes, inboxTypes } from './describe-inbox.js'
import { silenceTypes } from './describe-silences.js'

/** What the document says apart from the routes; each feature adds its types. */
export const notifierApi = {
  title: 'Swipestream notifier',
  description: 'Takes the answers of customers and the requests of Twilio, shows customers their inbox, and silences ops alerts.',
  securitySchemes: inboxSecuritySchemes,
  types: {
    Problem: [problemSchema, 'output'],
    ...inboxTypes,
    ...silenceTypes,
  },
} as const satisfies ApiDescription

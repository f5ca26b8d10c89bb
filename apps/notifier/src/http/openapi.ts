import { type ApiDescription, problemSchema } from '@swipestream/platform'

/** What the document says apart from the routes; each feature adds its types. */
export const notifierApi = {
  title: 'Swipestream notifier',
  description: "Takes the answers of customers and the requests of Twilio.",
  types: {
    Problem: [problemSchema, 'output'],
  },
} as const satisfies ApiDescription

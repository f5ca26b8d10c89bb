import { answers } from '../../src/http-health.js'
import { greets } from '../../src/mailbox.js'
import { HOST } from '../../src/ports.js'
import type { ContainedServer } from './contained-server.js'

/** Mailpit, where the local stack has MailDev: its API is another one. */
export const mailbox: ContainedServer = {
  name: 'mailbox',
  service: 'mailbox',
  needs: [],
  listens: [1025, 8025],
  // Its database goes with it.
  environment: ({ MP_DATABASE: _, ...compose }) => compose,
  ready: async ([smtp, http]) => (await answers(`http://${HOST}:${http}/readyz`)) && (await greets(Number(smtp))),
  env: ([smtp, http]) => ({ SMTP_URL: `smtp://${HOST}:${smtp}`, MAILBOX_URL: `http://${HOST}:${http}` }),
}

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { answers } from '../http-health.js'
import { ownProgram } from '../own-program.js'
import { HOST } from '../ports.js'
import type { Server, ServerContext } from '../server.js'

/** Our simulator of Twilio's Messages API, with an account of its own for each run. TWILIO_API_URL is also its page. */
export function twilio(): Server {
  const account = {
    TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
    TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
    // The number that Twilio's own test credentials send from.
    TWILIO_FROM: '+15005550006',
  }
  const url = (context: ServerContext): string => `http://${HOST}:${context.port('twilio')}`

  return {
    name: 'twilio',
    label: 'Twilio simulator',
    needs: [],
    ports: ['twilio'],

    command: async (context) => ({
      command: process.execPath,
      args: ownProgram('twilio/main'),
      cwd: context.dir,
      env: {
        ...account,
        HTTP_HOST: HOST,
        HTTP_PORT: String(context.port('twilio')),
        TWILIO_SIMULATOR_JOURNAL: join(context.dir, 'messages.jsonl'),
      },
    }),

    ready: (context) => answers(`${url(context)}/health/live`),

    env: (context) => ({ ...account, TWILIO_API_URL: url(context) }),
  }
}

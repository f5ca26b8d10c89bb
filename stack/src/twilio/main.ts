import { simulatorConfig } from './config.js'
import { createSimulator } from './simulator.js'

/** The simulator as a program: run by the local stack and as a service of docker compose. */
try {
  const { host, port, ...options } = simulatorConfig(process.env)
  const simulator = createSimulator(options)
  const address = await simulator.listen({ host, port })
  console.log(`Twilio simulator for account ${options.accountSid} on ${address}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      simulator.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

/** The part of Fastify's reply that controllers use. */
export interface Reply {
  header(name: string, value: string): unknown
  status(code: number): unknown
}

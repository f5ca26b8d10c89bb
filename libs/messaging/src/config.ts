import { z } from 'zod'

/** The part of a service's environment that messaging reads. */
export const messagingConfig = {
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker)), { error: 'is not a list of host:port' })
    .describe('The brokers to begin with, as host:port, separated by commas'),
  KAFKA_CLIENT: z.enum(['platformatic', 'kafkajs']).default('platformatic').describe('Which Kafka client runs'),
  KAFKA_NAMESPACE: z
    .string()
    .regex(/^([a-zA-Z0-9][a-zA-Z0-9._-]*)?$/, { error: 'may hold letters, digits, dots, dashes and underscores' })
    .default('')
    .describe('What the names of topics, subjects and groups start with, so that several systems can share a cluster'),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(6_000)
    .max(300_000)
    .default(10_000)
    .describe('How long a consumer may be silent before its partitions go to others, in milliseconds'),
  SCHEMA_REGISTRY_URL: z.url({ protocol: /^https?$/ }).describe("The schema registry's Confluent-compatible API, such as http://localhost:8081"),
  SCHEMA_REGISTRY_USERNAME: z.string().optional().describe('User name for the schema registry'),
  SCHEMA_REGISTRY_PASSWORD: z.string().optional().describe('Password for the schema registry'),
}

export type MessagingConfig = Readonly<z.output<z.ZodObject<typeof messagingConfig>>>

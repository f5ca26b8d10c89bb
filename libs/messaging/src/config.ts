import { z } from 'zod'
import { pemProblem } from './kafka/pem-file.js'

/** A file that must be there, and have this in it, when the service starts: later nobody would know why it has no broker. */
const pemFile = (label: RegExp, what: string) =>
  z.string().superRefine((path, context) => {
    const problem = pemProblem(path, label)
    if (problem) context.addIssue({ code: 'custom', message: `${problem}: it must name a file with ${what}, in PEM` })
  })

/** How the cluster is reached: for services and commands alike. What of it goes together is held by `clientOptions`. */
export const clusterConfig = {
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker)), { error: 'is not a list of host:port' })
    .describe('The brokers to begin with, as host:port, separated by commas'),
  KAFKA_CLIENT: z.enum(['platformatic', 'kafkajs']).default('platformatic').describe('Which Kafka client runs'),
  KAFKA_TLS: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether the brokers are reached by TLS'),
  KAFKA_TLS_CA_FILE: pemFile(/CERTIFICATE/, 'the certificates of the authorities to trust')
    .optional()
    .describe("Whose certificates the brokers may have; without it, those Node.js trusts. Needs KAFKA_TLS=true"),
  KAFKA_TLS_CERT_FILE: pemFile(/CERTIFICATE/, "the client's certificate and those between it and its authority")
    .optional()
    .describe('For brokers that ask for a client certificate. Needs KAFKA_TLS=true and KAFKA_TLS_KEY_FILE'),
  KAFKA_TLS_KEY_FILE: pemFile(/PRIVATE KEY/, "the private key of the client's certificate, not encrypted")
    .optional()
    .describe('Needs KAFKA_TLS_CERT_FILE'),
  KAFKA_SASL_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    .optional()
    .describe(
      'How the client proves who it is. PLAIN sends the password as it is, so it is refused without KAFKA_TLS=true; SCRAM never sends it, and may go without TLS in a network that is trusted. Needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    ),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User name for the brokers. Needs KAFKA_SASL_MECHANISM'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('Password for the brokers. Needs KAFKA_SASL_MECHANISM'),
  KAFKA_COMPRESSION: z
    .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    .default('none')
    .describe('How what is written is compressed; what is read may be compressed in any way'),
}

/** The part of a service's environment that messaging reads. */
export const messagingConfig = {
  ...clusterConfig,
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

type Cluster = z.output<z.ZodObject<typeof clusterConfig>>

/** How the cluster is reached; what is left out is as its default. */
export type ClusterConfig = Readonly<Pick<Cluster, 'KAFKA_BROKERS' | 'KAFKA_CLIENT'> & Partial<Cluster>>

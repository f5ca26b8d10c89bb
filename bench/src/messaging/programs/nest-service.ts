/**
 * The peer: Nest's own Kafka transport (kafkajs) as its documentation shows it. JSON in, JSON out; the handler gives back
 * what `emit` gives, so that a record counts as handled when its output is written.
 */
import 'reflect-metadata'
import { Controller, Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type ClientKafka, ClientsModule, EventPattern, type KafkaOptions, Payload, Transport } from '@nestjs/microservices'
import type { Transaction } from '@swipestream/contracts'
import { defer, type Observable, tap } from 'rxjs'
import { tell, whenAsked } from '../../child.js'
import { Meter } from '../meter.js'
import { jsonInput, jsonOutput } from '../topics.js'

const { KAFKA_BROKERS = '', BENCH_SERVICE = '', BENCH_CONCURRENTLY = '', BENCH_AWAITED = '' } = process.env
const client = { clientId: BENCH_SERVICE, brokers: KAFKA_BROKERS.split(',') }

let done = 0
const meter = new Meter()

@Controller()
class TransactionsConsumer {
  constructor(@Inject('KAFKA') private readonly kafka: ClientKafka) {}

  @EventPattern(jsonInput)
  handle(@Payload() transaction: Transaction): Observable<unknown> | void {
    meter.begin()
    const judged = { key: transaction.card_id, value: { ...transaction, received_at: Date.now() } }
    const written = defer(() => this.kafka.emit(jsonOutput, judged)).pipe(tap({ complete: () => done++ }))
    if (BENCH_AWAITED === 'true') return written
    written.subscribe()
  }
}

/** As Nest writes by default: acks of all replicas, which is kafkajs' default. */
const options: KafkaOptions['options'] = {
  client,
  consumer: { groupId: BENCH_SERVICE },
  subscribe: { fromBeginning: true },
  run: { partitionsConsumedConcurrently: Number(BENCH_CONCURRENTLY) },
}

@Module({
  imports: [ClientsModule.register([{ name: 'KAFKA', transport: Transport.KAFKA, options: { client, producerOnlyMode: true } }])],
  controllers: [TransactionsConsumer],
})
class PeerModule {}

const app = await NestFactory.createMicroservice(PeerModule, { transport: Transport.KAFKA, options, logger: ['error', 'warn'] })
await app.listen()
whenAsked(() => app.close())
tell('started')
await meter.report(() => done)

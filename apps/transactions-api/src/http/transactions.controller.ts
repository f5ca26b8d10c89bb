import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common'
import { Client, RequireScope, type ScopeOf } from '@swipestream/platform'
import { AcceptSwipe } from '../app/accept-swipe.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import type { Swipe } from '../domain/swipe.js'
import { idempotencyKeyError, idempotencyKeyHeader } from './idempotency-key.js'
import { DescribeAcceptSwipe, DescribeShowTransaction } from './openapi.js'
import { idempotencyKeyInProgress, idempotencyKeyReused, overloaded, swipeInvalid, transactionNotFound } from './problems.js'
import { SwipePipe } from './swipe.pipe.js'
import { acceptedView, currentView, type TransactionView } from './transaction-view.js'
import { TransactionIdPipe } from './transaction-id.pipe.js'

type Scope = ScopeOf<'API_KEYS'>

/** The part of Fastify's reply that is used here. */
interface Reply {
  header(name: string, value: string): unknown
}

@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    private readonly acceptSwipe: AcceptSwipe,
    private readonly transactions: TransactionsRepository,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope<Scope>('transactions:write')
  @DescribeAcceptSwipe()
  async accept(
    @Body(SwipePipe) swipe: Swipe,
    @Client() client: string,
    @Headers(idempotencyKeyHeader.toLowerCase()) key: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<TransactionView> {
    const keyError = key === undefined ? undefined : idempotencyKeyError(key, swipe.card_number)
    if (keyError) throw swipeInvalid([keyError])

    const accepted = await this.acceptSwipe.run(swipe, key === undefined ? undefined : { client, key })
    if (accepted.outcome === 'key_reused') throw idempotencyKeyReused()
    if (accepted.outcome === 'in_progress') throw idempotencyKeyInProgress()
    if (accepted.outcome === 'overloaded') throw overloaded()
    if (accepted.replayed) reply.header('idempotent-replayed', 'true')
    reply.header('location', `/v1/transactions/${accepted.transaction.transaction_id}`)
    return acceptedView(accepted.transaction)
  }

  @Get(':id')
  @RequireScope<Scope>('transactions:read')
  @DescribeShowTransaction()
  async show(@Param('id', TransactionIdPipe) id: string): Promise<TransactionView> {
    const transaction = await this.transactions.byId(id)
    if (transaction === undefined) throw transactionNotFound()
    return currentView(transaction)
  }
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common'
import { Client, RequireScope } from '@swipestream/platform'
import { AcceptSwipe } from '../app/accept-swipe.js'
import { AwaitDecision } from '../app/await-decision.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import type { Swipe } from '../domain/swipe.js'
import { idempotencyKeyError, idempotencyKeyHeader } from './idempotency-key.js'
import { preferHeader, waitSeconds } from './prefer.js'
import { DescribeAcceptSwipe, DescribeListTransactions, DescribeShowTransaction } from './describe-transactions.js'
import { defaultLimit, type ListRequest } from './list-request.js'
import { ListPipe } from './list.pipe.js'
import { idempotencyKeyInProgress, idempotencyKeyReused, overloaded, swipeInvalid, transactionNotFound } from './problems.js'
import type { Reply } from './reply.js'
import type { Scope } from './scope.js'
import { SwipePipe } from './swipe.pipe.js'
import { pageOf, type TransactionList } from './transaction-list.js'
import { acceptedView, currentView, type TransactionView } from './transaction-view.js'
import { TransactionIdPipe } from './transaction-id.pipe.js'

@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    private readonly acceptSwipe: AcceptSwipe,
    private readonly awaitDecision: AwaitDecision,
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
    @Headers(preferHeader.toLowerCase()) prefer: string | undefined,
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

    const seconds = waitSeconds(prefer)
    if (seconds !== undefined) {
      reply.header('preference-applied', `wait=${seconds}`)
      const decided = await this.awaitDecision.run(accepted.transaction.transaction_id, seconds)
      if (decided !== undefined) {
        reply.status(200)
        return currentView(decided)
      }
    }
    return acceptedView(accepted.transaction)
  }

  @Get()
  @RequireScope<Scope>('transactions:read')
  @DescribeListTransactions()
  async list(@Query(ListPipe) request: ListRequest): Promise<TransactionList> {
    const { card_id: cardId, limit = defaultLimit, cursor } = request
    return pageOf(await this.transactions.ofCard(cardId, limit + 1, cursor), request, limit)
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

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common'
import type { FraudRule } from '@swipestream/contracts'
import { Client, RequireScope, type ScopeOf } from '@swipestream/platform'
import { ruleFeatures, ruleLanguage } from '../app/rule-language.js'
import { type Changed, RuleStore } from '../app/rule-store.js'
import { RulesInForce } from '../app/rules-in-force.js'
import { tryRule } from '../app/try-rule.js'
import { listQuery, parsed, promoteBody, rollbackBody, tryBody } from './change-requests.js'
import { etagOf, expectedVersion, type Preconditions, requiredVersion } from './expected-version.js'
import { DescribeHistory, DescribeListRules, DescribePromote, DescribePutRule, DescribeRollBack, DescribeShowRule, DescribeTryRule } from './openapi.js'
import { fieldErrorOf, problemOf, ruleInvalid, ruleNotFound } from './problems.js'
import { historyViewOf, viewOf, type RulesView, type RuleView } from './rule-view.js'

type Scope = ScopeOf<'RULES_API_KEYS'>

/** The part of Fastify's reply that is used here. */
interface Reply {
  header(name: string, value: string): unknown
  status(code: number): unknown
}

/** Rules are read from what this instance follows, and changed where they stand: a change shows a moment later. */
@Controller('v1/rules')
export class RulesController {
  constructor(
    private readonly rules: RulesInForce,
    private readonly store: RuleStore,
  ) {}

  @Get()
  @RequireScope<Scope>('rules:read')
  @DescribeListRules()
  list(@Query() query: unknown): RulesView {
    const { mode } = parsed(listQuery, query)
    const all = [...this.rules.records.values()].filter((rule) => mode === undefined || rule.mode === mode)
    return {
      rules: all.sort((a, b) => (a.rule_id < b.rule_id ? -1 : 1)).map((rule) => this.#viewOf(rule)),
      unreadable: Array.from(this.rules.unreadable, ([rule_id, { because }]) => ({ rule_id, because: because.message })),
    }
  }

  @Post('test')
  @HttpCode(200)
  @RequireScope<Scope>('rules:read')
  @DescribeTryRule()
  try(@Body() body: unknown) {
    const { rule, values } = parsed(tryBody, body)
    const { problems, ...tried } = tryRule(rule, values, ruleLanguage, ruleFeatures)
    return { valid: problems.length === 0, problems: problems.map(fieldErrorOf), ...tried }
  }

  @Get(':id')
  @RequireScope<Scope>('rules:read')
  @DescribeShowRule()
  show(@Param('id') id: string, @Res({ passthrough: true }) reply: Reply): RuleView {
    const rule = this.#ruleOf(id)
    reply.header('etag', etagOf(rule.version))
    return this.#viewOf(rule)
  }

  @Get(':id/history')
  @RequireScope<Scope>('rules:read')
  @DescribeHistory()
  history(@Param('id') id: string) {
    return historyViewOf(this.#ruleOf(id))
  }

  @Put(':id')
  @RequireScope<Scope>('rules:write')
  @DescribePutRule()
  async put(
    @Param('id') id: string, @Body() body: unknown, @Headers() headers: Preconditions, @Client() by: string, @Res({ passthrough: true }) reply: Reply,
  ): Promise<RuleView> {
    const version = requiredVersion(headers)
    const draft = draftUnder(id, body)
    return this.#changed(reply, async () => (await this.store.put([draft], { by, expectedVersion: version }))[0] as Changed)
  }

  @Post(':id/promote')
  @HttpCode(200)
  @RequireScope<Scope>('rules:write')
  @DescribePromote()
  promote(
    @Param('id') id: string, @Body() body: unknown, @Headers() headers: Preconditions, @Client() by: string, @Res({ passthrough: true }) reply: Reply,
  ): Promise<RuleView> {
    const { comment } = parsed(promoteBody, body)
    const intent = { by, comment, expectedVersion: expectedVersion(headers) }
    return this.#changed(reply, () => this.store.promote(id, intent))
  }

  @Post(':id/rollback')
  @HttpCode(200)
  @RequireScope<Scope>('rules:write')
  @DescribeRollBack()
  rollBack(
    @Param('id') id: string, @Body() body: unknown, @Headers() headers: Preconditions, @Client() by: string, @Res({ passthrough: true }) reply: Reply,
  ): Promise<RuleView> {
    const { to_version: toVersion, comment } = parsed(rollbackBody, body)
    const intent = { by, comment, expectedVersion: expectedVersion(headers) }
    return this.#changed(reply, () => this.store.rollBack(id, toVersion, intent))
  }

  async #changed(reply: Reply, change: () => Promise<Changed>): Promise<RuleView> {
    try {
      const { rule, before } = await change()
      reply.header('etag', etagOf(rule.version))
      if (before === undefined) {
        reply.status(201)
        reply.header('location', `/v1/rules/${rule.rule_id}`)
      }
      // It was just checked: this release can evaluate it.
      return viewOf(rule, undefined)
    } catch (error) {
      throw problemOf(error)
    }
  }

  /** @throws Problem 404 FRAUD_RULE_UNKNOWN */
  #ruleOf(id: string): FraudRule {
    const rule = this.rules.records.get(id)
    if (rule === undefined) throw ruleNotFound(id, this.rules.unreadable.get(id)?.because)
    return rule
  }

  #viewOf(rule: FraudRule): RuleView {
    return viewOf(rule, this.rules.brokenBecause(rule.rule_id))
  }
}

/** The body with the path's id. A file that is put may name its rule as well. */
function draftUnder(id: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  if ('rule_id' in body && body.rule_id !== id) throw ruleInvalid([{ field: 'rule_id', detail: `is another than the path's, ${id}` }])
  return { ...body, rule_id: id }
}

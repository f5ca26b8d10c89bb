import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { Client, RequireScope, type ScopeOf } from '@swipestream/platform'
import { newSilence, silenceBody, silencesQuery } from '../app/new-silence.js'
import { SilencesRepository } from '../db/silences.repository.js'
import { DescribeAddSilence, DescribeEndSilence, DescribeListSilences } from './describe-silences.js'
import { parsed, requestInvalid } from './requests.js'
import { silenceNotFound } from './silence-problems.js'
import { type SilencesView, type SilenceView, viewOfSilence } from './silence-view.js'

type Scope = ScopeOf<'NOTIFIER_API_KEYS'>

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What keeps the people on call from being told again and again of what they know. */
@Controller('v1/silences')
export class SilencesController {
  constructor(private readonly silences: SilencesRepository) {}

  @Post()
  @RequireScope<Scope>('silences:write')
  @DescribeAddSilence()
  async add(@Body() body: unknown, @Client() client: string): Promise<SilenceView> {
    const now = Date.now()
    const silence = newSilence(parsed(silenceBody, body), client, now)
    if ('field' in silence) throw requestInvalid([silence])
    return viewOfSilence(await this.silences.add(silence), now)
  }

  @Get()
  @RequireScope<Scope>('silences:read')
  @DescribeListSilences()
  async list(@Query() query: unknown): Promise<SilencesView> {
    const { all } = parsed(silencesQuery, query, 'query')
    const now = Date.now()
    const silences = all === 'true' ? await this.silences.all() : await this.silences.active(now)
    return { silences: silences.map((silence) => viewOfSilence(silence, now)) }
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope<Scope>('silences:write')
  @DescribeEndSilence()
  async end(@Param('id') id: string): Promise<void> {
    if (!uuid.test(id) || (await this.silences.end(id)) === undefined) throw silenceNotFound()
  }
}

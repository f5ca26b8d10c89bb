import { Body, Controller, Get, Headers, Inject, Param, Post, Res } from '@nestjs/common'
import type { Verdict } from '@swipestream/contracts'
import { AnswerLinks } from '../app/answer-links.js'
import { GiveAnswer } from '../app/give-answer.js'
import type { Languages } from '../app/texts/language.js'
import { TEXTS } from '../app/texts.js'
import { QuestionsRepository, type ShownQuestion } from '../db/questions.repository.js'
import { acceptedLanguages } from './answer-page/accept-language.js'
import { pageHeaders } from './answer-page/headers.js'
import { alreadyPage, expiredPage, givenPage, invalidPage, questionPage, type Reader } from './answer-page/page.js'
import { DescribeGiveAnswer, DescribeShowQuestion } from './describe-answers.js'

/** The part of Fastify's reply that is used here. */
interface Reply {
  headers(values: Readonly<Record<string, string>>): unknown
  status(code: number): unknown
}

/** A page and its status. */
interface Shown {
  readonly status: number
  readonly page: string
}

/** A question that can be shown, and to whom; or the page that says why not. */
type Opened = { readonly alertId: string; readonly question: ShownQuestion; readonly reader: Reader } | Shown

const verdicts: ReadonlyMap<unknown, Verdict> = new Map([['yes', 'legitimate'], ['no', 'confirmed_fraud']])

/**
 * The page behind the link of an e-mail: "was this you?". Opening it changes nothing, as programs that look for harmful
 * links open every one; only its form does.
 */
@Controller('v1/answers')
export class AnswersController {
  constructor(
    private readonly links: AnswerLinks,
    private readonly questions: QuestionsRepository,
    private readonly giveAnswer: GiveAnswer,
    @Inject(TEXTS) private readonly texts: Languages,
  ) {}

  @Get(':token')
  @DescribeShowQuestion()
  async show(@Param('token') token: string, @Headers('accept-language') accepted: string | undefined, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const opened = await this.open(token, accepted)
    if ('page' in opened) return send(reply, opened)
    const { question: { alert, state, verdict }, reader } = opened
    if (verdict !== null) return send(reply, { status: 200, page: alreadyPage(verdict, reader.language) })
    if (state === 'expired') return send(reply, { status: 410, page: expiredPage(reader.language) })
    return send(reply, { status: 200, page: questionPage(alert, reader) })
  }

  @Post(':token')
  @DescribeGiveAnswer()
  async answer(
    @Param('token') token: string, @Body() body: unknown, @Headers('accept-language') accepted: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const opened = await this.open(token, accepted)
    if ('page' in opened) return send(reply, opened)
    const { alertId, question: { alert }, reader } = opened
    const verdict = verdicts.get(typeof body === 'object' && body !== null && 'answer' in body ? body.answer : undefined)
    if (verdict === undefined) return send(reply, { status: 422, page: questionPage(alert, reader, true) })
    const given = await this.giveAnswer.run({ alertId, verdict, from: { way: 'email' } })
    switch (given.outcome) {
      case 'given': return send(reply, { status: 200, page: givenPage(alert, verdict, reader.language) })
      case 'already_answered': return send(reply, { status: 409, page: alreadyPage(given.verdict, reader.language) })
      case 'expired': return send(reply, { status: 410, page: expiredPage(reader.language) })
      case 'unknown': return send(reply, { status: 404, page: invalidPage(reader.language) })
    }
  }

  private async open(token: string, accepted: string | undefined): Promise<Opened> {
    const link = await this.links.open(token)
    const language = this.texts.languageOf(...acceptedLanguages(accepted))
    if (link.state === 'expired') return { status: 410, page: expiredPage(language) }
    const question = link.state === 'valid' ? await this.questions.show(link.alertId) : undefined
    if (link.state !== 'valid' || question === undefined) return { status: 404, page: invalidPage(language) }
    const reader = { language: question.language === null ? language : this.texts.languageOf(question.language), timeZone: question.time_zone }
    return { alertId: link.alertId, question, reader }
  }
}

function send(reply: Reply, { status, page }: Shown): string {
  reply.status(status)
  reply.headers(pageHeaders)
  return page
}

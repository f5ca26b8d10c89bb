import { Body, Controller, Header, HttpCode, Inject, Post, Query, UseGuards } from '@nestjs/common'
import { z } from 'zod'
import { TakeDeliveryReport } from '../../app/take-delivery-report.js'
import { TakeReply } from '../../app/take-reply.js'
import type { Languages } from '../../app/texts/language.js'
import { replyText } from '../../app/texts/reply.js'
import { TEXTS } from '../../app/texts.js'
import { storable } from '../../db/storable.js'
import { DescribeInbound, DescribeStatus } from './describe-twilio.js'
import { parsed } from '../requests.js'
import { inboundMessage, statusCallback } from './requests.js'
import { twiml } from './twiml.js'
import { TwilioSignatureGuard } from './twilio-signature.guard.js'

/** A UUID that no message has: what an address without one is about. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** What Twilio calls: what became of our messages, and the messages of customers. */
@Controller('v1/twilio')
@UseGuards(TwilioSignatureGuard)
export class TwilioController {
  constructor(
    private readonly takeReport: TakeDeliveryReport,
    private readonly takeReply: TakeReply,
    @Inject(TEXTS) private readonly texts: Languages,
  ) {}

  /** An unknown message gets 204 as well: Twilio could do nothing about it. */
  @Post('status')
  @HttpCode(204)
  @DescribeStatus()
  async status(@Query('delivery') delivery: unknown, @Body() body: unknown): Promise<void> {
    const { MessageSid: sid, MessageStatus: status, ErrorCode: errorCode = null } = parsed(statusCallback, body)
    const id = z.uuid().safeParse(delivery)
    await this.takeReport.run(id.success ? id.data : nobody, { sid, status: status.toLowerCase(), errorCode })
  }

  @Post('inbound')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  @DescribeInbound()
  async inbound(@Body() body: unknown): Promise<string> {
    const { MessageSid: sid, From, Body: text, OptOutType: optOutType } = parsed(inboundMessage, body)
    const { outcome, language } = await this.takeReply.run({ sid, from: storable(From), body: text, optOutType })
    return twiml(replyText(outcome, this.texts.languageOf(language)))
  }
}

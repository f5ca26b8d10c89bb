import { type DynamicModule, Module } from '@nestjs/common'
import { fraudFeedback, notifications, opsAlerts } from '@swipestream/contracts'
import { MessagingModule, outboxMigrations } from '@swipestream/messaging'
import { API_KEYS, databaseModule, LOGGER, type Logger } from '@swipestream/platform'
import { AnswerLinks } from './app/answer-links.js'
import { CHANNELS } from './app/channels/channel.js'
import { emailChannel } from './app/channels/email.channel.js'
import { smsChannel } from './app/channels/sms.channel.js'
import { CustomerTokens } from './app/customer-tokens.js'
import { DeliveryWorkers } from './app/delivery-workers.js'
import { FallBack } from './app/fall-back.js'
import { GiveAnswer } from './app/give-answer.js'
import { Inboxes } from './app/inboxes.js'
import { InboxStreams } from './app/inbox-streams.js'
import { NotifierMetrics } from './app/notifier-metrics.js'
import { PlanDeliveries } from './app/plan-deliveries.js'
import { PlanOpsAlerts } from './app/plan-ops-alerts.js'
import { StoreAlerts } from './app/store-alerts.js'
import { TakeDeliveryReport } from './app/take-delivery-report.js'
import { TakeReply } from './app/take-reply.js'
import { TendAlerts } from './app/tend-alerts.js'
import { TellOfTexts } from './app/tell-of-texts.js'
import { TEXTS } from './app/texts.js'
import { TemplateStore } from './app/texts/template-store.js'
import { UpdateContacts } from './app/update-contacts.js'
import { CONFIG, type NotifierConfig } from './config.js'
import { CardsConsumer } from './consumers/cards.consumer.js'
import { CustomersConsumer } from './consumers/customers.consumer.js'
import { FraudAlertsConsumer } from './consumers/fraud-alerts.consumer.js'
import { OpsAlertsConsumer } from './consumers/ops-alerts.consumer.js'
import { AlertsRepository } from './db/alerts.repository.js'
import { ContactsRepository } from './db/contacts.repository.js'
import { DeliveriesRepository } from './db/deliveries.repository.js'
import { DeliveryReportsRepository } from './db/delivery-reports.repository.js'
import { FallbacksRepository } from './db/fallbacks.repository.js'
import { InboundSmsRepository } from './db/inbound-sms.repository.js'
import { InboxNotices } from './db/inbox-notices.js'
import { InboxRepository } from './db/inbox.repository.js'
import { Notifier1764000001000 } from './db/migrations/1764000001000-notifier.js'
import { RoutingAndAnswers1764400000000 } from './db/migrations/1764400000000-routing-and-answers.js'
import { Keeping1764500000000 } from './db/migrations/1764500000000-keeping.js'
import { OpenQuestions } from './db/open-questions.repository.js'
import { OptOutsRepository } from './db/opt-outs.repository.js'
import { PastRepository } from './db/past.repository.js'
import { QuestionsRepository } from './db/questions.repository.js'
import { SilencesRepository } from './db/silences.repository.js'
import type { Texts } from './domain/to-tell.js'
import { AnswersController } from './http/answers.controller.js'
import { InboxController } from './http/inbox.controller.js'
import { SilencesController } from './http/silences.controller.js'
import { TwilioController } from './http/twilio/twilio.controller.js'

const service = 'notifier'

@Module({})
export class AppModule {
  static of(config: NotifierConfig): DynamicModule {
    const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize } = config
    return {
      module: AppModule,
      imports: [
        databaseModule({ name: service, url, poolSize, entities: [], migrations: [...outboxMigrations, Notifier1764000001000, RoutingAndAnswers1764400000000, Keeping1764500000000] }),
        MessagingModule.forRoot({ service, config, produces: [notifications, fraudFeedback, opsAlerts], outbox: { databaseUrl: url } }),
      ],
      controllers: [
        FraudAlertsConsumer, OpsAlertsConsumer, CardsConsumer, CustomersConsumer,
        AnswersController, InboxController, SilencesController, TwilioController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: API_KEYS, useValue: config.NOTIFIER_API_KEYS },
        {
          provide: CHANNELS,
          inject: [TEXTS],
          useFactory: (texts: Texts) => [
            emailChannel({ url: config.SMTP_URL, from: config.MAIL_FROM, concurrency: config.EMAIL_CONCURRENCY, texts }),
            smsChannel({
              accountSid: config.TWILIO_ACCOUNT_SID,
              authToken: config.TWILIO_AUTH_TOKEN,
              from: config.TWILIO_FROM,
              apiUrl: config.TWILIO_API_URL,
              concurrency: config.SMS_CONCURRENCY,
              statusCallback: (deliveryId) => `${config.PUBLIC_URL}/v1/twilio/status?delivery=${deliveryId}`,
              texts,
            }),
          ],
        },
        { provide: TemplateStore, inject: [LOGGER], useFactory: (logger: Logger) => new TemplateStore({ directory: config.TEMPLATES_DIR, logger }) },
        { provide: TEXTS, useExisting: TemplateStore },
        AlertsRepository,
        AnswerLinks,
        ContactsRepository,
        CustomerTokens,
        DeliveriesRepository,
        DeliveryReportsRepository,
        DeliveryWorkers,
        FallBack,
        FallbacksRepository,
        GiveAnswer,
        InboundSmsRepository,
        Inboxes,
        InboxNotices,
        InboxRepository,
        InboxStreams,
        NotifierMetrics,
        OpenQuestions,
        OptOutsRepository,
        PastRepository,
        PlanDeliveries,
        PlanOpsAlerts,
        QuestionsRepository,
        SilencesRepository,
        StoreAlerts,
        TakeDeliveryReport,
        TakeReply,
        TellOfTexts,
        TendAlerts,
        UpdateContacts,
      ],
    }
  }
}

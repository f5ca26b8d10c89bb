import { type DynamicModule, Module } from '@nestjs/common'
import { notifications, opsAlerts } from '@swipestream/contracts'
import { MessagingModule, outboxMigrations } from '@swipestream/messaging'
import { databaseModule, LOGGER, type Logger } from '@swipestream/platform'
import { AnswerLinks } from './app/answer-links.js'
import { CHANNELS } from './app/channels/channel.js'
import { emailChannel } from './app/channels/email.channel.js'
import { smsChannel } from './app/channels/sms.channel.js'
import { DeliveryWorkers } from './app/delivery-workers.js'
import { NotifierMetrics } from './app/notifier-metrics.js'
import { FallBack } from './app/fall-back.js'
import { PlanDeliveries } from './app/plan-deliveries.js'
import { PlanOpsAlerts } from './app/plan-ops-alerts.js'
import { StoreAlerts } from './app/store-alerts.js'
import { TendAlerts } from './app/tend-alerts.js'
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
import { FallbacksRepository } from './db/fallbacks.repository.js'
import { Notifier1764000001000 } from './db/migrations/1764000001000-notifier.js'
import { RoutingAndAnswers1764400000000 } from './db/migrations/1764400000000-routing-and-answers.js'
import { OpenQuestions } from './db/open-questions.repository.js'
import { SilencesRepository } from './db/silences.repository.js'
import type { Texts } from './domain/to-tell.js'

const service = 'notifier'

@Module({})
export class AppModule {
  static of(config: NotifierConfig): DynamicModule {
    const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize } = config
    return {
      module: AppModule,
      imports: [
        databaseModule({ name: service, url, poolSize, entities: [], migrations: [...outboxMigrations, Notifier1764000001000, RoutingAndAnswers1764400000000] }),
        MessagingModule.forRoot({ service, config, produces: [notifications, opsAlerts], outbox: { databaseUrl: url } }),
      ],
      controllers: [FraudAlertsConsumer, OpsAlertsConsumer, CardsConsumer, CustomersConsumer],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: TEXTS, inject: [LOGGER], useFactory: (logger: Logger) => new TemplateStore({ directory: config.TEMPLATES_DIR, logger }) },
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
        AlertsRepository,
        AnswerLinks,
        ContactsRepository,
        DeliveriesRepository,
        DeliveryWorkers,
        FallBack,
        FallbacksRepository,
        NotifierMetrics,
        OpenQuestions,
        PlanDeliveries,
        PlanOpsAlerts,
        SilencesRepository,
        StoreAlerts,
        TendAlerts,
        UpdateContacts,
      ],
    }
  }
}

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import { LOGGER, type Logger, toError } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import { opsAlert } from './ops-alert.js'
import type { TemplateInvalid } from './texts/invalid.js'
import { TemplateStore } from './texts/template-store.js'

/** Tells the people on call when the texts were changed to what cannot be used. */
@Injectable()
export class TellOfTexts implements OnModuleInit {
  constructor(
    private readonly texts: TemplateStore,
    private readonly database: DataSource,
    private readonly outbox: Outbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.texts.listen({
      onInvalid: (error) => void this.tell(error),
      onValid: () => this.logger.info('The texts can be used again'),
    })
  }

  private async tell(error: TemplateInvalid): Promise<void> {
    try {
      const alert = opsAlert('NOTIFY_TEMPLATE_INVALID', error.message, 1)
      await this.database.transaction((manager) => this.outbox.add(manager, [alert]))
    } catch (failure) {
      this.logger.error({ err: toError(failure) }, 'The people on call could not be told that the texts cannot be used')
    }
  }
}

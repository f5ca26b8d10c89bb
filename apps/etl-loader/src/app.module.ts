import { type DynamicModule, Module } from '@nestjs/common'
import { MessagingModule } from '@swipestream/messaging'
import type { EtlLoaderConfig } from './config.js'
import { TransformModule } from './transform.module.js'

@Module({})
export class AppModule {
  static of(config: EtlLoaderConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot({ service: 'etl-loader', config, produces: TransformModule.produces }), TransformModule.of(config)],
    }
  }
}

import { type DynamicModule, Module } from '@nestjs/common'
import { EXTRACT_CONFIG, ExtractRunner } from './app/extract/extract-runner.js'
import type { ExtractServiceConfig } from './config.js'

/** Name of the service. */
export const extractorName = 'etl-extract'

/** The role that writes the source's tables to their topics. */
@Module({})
export class ExtractModule {
  static of(config: ExtractServiceConfig): DynamicModule {
    return { module: ExtractModule, providers: [{ provide: EXTRACT_CONFIG, useValue: config }, ExtractRunner] }
  }
}

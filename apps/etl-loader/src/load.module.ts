import { type DynamicModule, Module } from '@nestjs/common'
import { LOAD_CONFIG, LoadRunner } from './app/load/load-runner.js'
import type { LoadServiceConfig } from './config.js'

/** Name of the service. */
export const loaderName = 'etl-load'

/** The role that brings topics to the warehouse and the lake. */
@Module({})
export class LoadModule {
  static of(config: LoadServiceConfig): DynamicModule {
    return { module: LoadModule, providers: [{ provide: LOAD_CONFIG, useValue: config }, LoadRunner] }
  }
}

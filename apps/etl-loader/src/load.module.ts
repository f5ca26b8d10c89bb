import { type DynamicModule, Module } from '@nestjs/common'
import { COMPARED_SOURCE, LOAD_CONFIG, LoadRunner } from './app/load/load-runner.js'
import type { LoadServiceConfig } from './config.js'
import type { ReconcilerOptions } from './app/reconcile/reconciler.js'

/** Name of the service. */
export const loaderName = 'etl-load'

/** The role that brings topics to the warehouse and the lake. */
@Module({})
export class LoadModule {
  /** @param source that loaded tables are compared with; null: topics and warehouse are compared alone */
  static of(config: LoadServiceConfig, source: ReconcilerOptions['source']): DynamicModule {
    return { module: LoadModule, providers: [{ provide: LOAD_CONFIG, useValue: config }, { provide: COMPARED_SOURCE, useValue: source }, LoadRunner] }
  }
}

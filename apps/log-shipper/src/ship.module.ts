import { type DynamicModule, Module } from '@nestjs/common'
import { SHIP_CONFIG, ShipRunner } from './app/ship/ship-runner.js'
import type { ShipServiceConfig } from './config.js'

@Module({})
export class ShipModule {
  static of(config: ShipServiceConfig): DynamicModule {
    return {
      module: ShipModule,
      providers: [{ provide: SHIP_CONFIG, useValue: config }, ShipRunner],
    }
  }
}

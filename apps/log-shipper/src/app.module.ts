import { type DynamicModule, Module } from '@nestjs/common'
import { LOG_SHIPPER_CONFIG, ShipRunner } from './app/ship/ship-runner.js'
import type { LogShipperConfig } from './config.js'

@Module({})
export class AppModule {
  static of(config: LogShipperConfig): DynamicModule {
    return {
      module: AppModule,
      providers: [{ provide: LOG_SHIPPER_CONFIG, useValue: config }, ...(config.LOG_ROLES.includes('ship') ? [ShipRunner] : [])],
    }
  }
}

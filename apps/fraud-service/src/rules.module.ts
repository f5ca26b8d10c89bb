import { type DynamicModule, Module } from '@nestjs/common'
import { fraudRules } from '@swipestream/contracts'
import { connect } from '@swipestream/messaging'
import { API_KEYS } from '@swipestream/platform'
import { ruleLanguage } from './app/rule-language.js'
import { RuleStore } from './app/rule-store.js'
import { RulesInForce } from './app/rules-in-force.js'
import type { FraudServiceConfig } from './config.js'
import { FeaturesController } from './http/features.controller.js'
import { RulesController } from './http/rules.controller.js'

/** The rules in force, and with keys the API that changes them. MessagingModule has `fraud_rules` among its tables. */
@Module({})
export class RulesModule {
  static of(config: FraudServiceConfig): DynamicModule {
    const { RULES_API_KEYS: keys } = config
    const store = new RuleStore(() => connect({ service: 'fraud-service', config, produces: [fraudRules] }), ruleLanguage)
    return {
      module: RulesModule,
      controllers: keys === undefined ? [] : [RulesController, FeaturesController],
      providers: [RulesInForce, { provide: RuleStore, useValue: store }, { provide: API_KEYS, useValue: keys ?? [] }],
      exports: [RulesInForce],
    }
  }
}

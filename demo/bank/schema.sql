-- The bank's core database, as grown over the years: no foreign keys, text where codes should be, rows that are only
-- marked as deleted. A card is known by its token: no number of a card is in here.

CREATE TABLE customers (
  customer_id   VARCHAR(64)  NOT NULL PRIMARY KEY,
  given_name    VARCHAR(80)  NULL,
  family_name   VARCHAR(80)  NULL,
  email         VARCHAR(254) NULL,
  -- As typed in by whoever had the customer before them: '0170 1234567', '+49 (0)170-1234567', 'tel. 0170/1234567'.
  phone         VARCHAR(40)  NULL,
  street        VARCHAR(120) NULL,
  postal_code   VARCHAR(12)  NULL,
  city          VARCHAR(80)  NULL,
  -- 'DE', 'de', 'DEU', 'Germany', 'Deutschland'.
  country       VARCHAR(40)  NULL,
  language      VARCHAR(12)  NULL,
  time_zone     VARCHAR(40)  NULL,
  channels      SET('email', 'sms', 'app') NOT NULL DEFAULT '',
  quiet_from    TIME         NULL,
  quiet_to      TIME         NULL,
  -- Who this row was found to be a double of.
  same_as       VARCHAR(64)  NULL,
  created_at    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at    TIMESTAMP(3) NULL,
  KEY changes (updated_at, customer_id)
) DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE accounts (
  account_id    BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id   VARCHAR(64)     NOT NULL,
  iban          VARCHAR(42)     NOT NULL,
  currency      CHAR(3)         NOT NULL,
  balance       DECIMAL(15, 2)  NOT NULL DEFAULT 0,
  overdraft     DECIMAL(15, 2)  NULL,
  opened_on     DATE            NOT NULL,
  closed_on     DATE            NULL,
  updated_at    TIMESTAMP(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  KEY changes (updated_at, account_id)
) DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE cards (
  -- The token of transactions-api: 'v1.' and 43 characters.
  card_id       VARCHAR(64)  NOT NULL PRIMARY KEY,
  account_id    BIGINT UNSIGNED NOT NULL,
  customer_id   VARCHAR(64)  NOT NULL,
  card_bin      CHAR(6)      NOT NULL,
  card_last4    CHAR(4)      NOT NULL,
  product       ENUM('debit', 'credit', 'prepaid') NOT NULL,
  home_country  VARCHAR(40)  NOT NULL,
  time_zone     VARCHAR(40)  NOT NULL,
  expires_on    DATE         NOT NULL,
  features      BIT(8)       NOT NULL DEFAULT b'0',
  updated_at    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  deleted_at    TIMESTAMP(3) NULL,
  KEY changes (updated_at, card_id)
) DEFAULT CHARACTER SET utf8mb4;

-- Comes from the acquirers by file: no column tells when a row changed, and rows vanish.
CREATE TABLE merchants (
  merchant_id   VARCHAR(32)  NOT NULL PRIMARY KEY,
  name          VARCHAR(120) NOT NULL,
  category_code VARCHAR(8)   NULL,
  country       VARCHAR(40)  NULL,
  city          VARCHAR(80)  NULL,
  latitude      DECIMAL(9, 6) NULL,
  longitude     DECIMAL(9, 6) NULL,
  attributes    JSON         NULL
) DEFAULT CHARACTER SET utf8mb4;

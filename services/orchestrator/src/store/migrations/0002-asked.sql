-- What was asked for, in a few words, as JSON: it stays when the message that started the checkout goes, so that its end can be told for ever.
ALTER TABLE checkout_saga ADD asked NVARCHAR(1000) NULL;

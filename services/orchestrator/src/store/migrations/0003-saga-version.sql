-- Which declaration of the saga a checkout began with: it ends by the same, whatever was deployed since.
ALTER TABLE checkout_saga ADD saga_version INT NOT NULL CONSTRAINT df_checkout_saga_saga_version DEFAULT 1;

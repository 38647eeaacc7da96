-- Which numbers a till has given to more than one sale: asked for the page of offline sales that is being looked through.
CREATE INDEX ix_checkout_provisional_number ON checkout (tenant_id, provisional_number) WHERE provisional_number IS NOT NULL;

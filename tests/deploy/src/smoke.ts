import { readSettings } from '@checkout/service';
import { z } from 'zod';
import { smokeSale } from './smoke-sale.ts';

// One sale against what has just been deployed. The pipeline runs it, and goes back to what ran before when it fails.

export const SmokeEnvironment = z.object({
  FRONT_DOOR_URL: z.url().meta({ description: 'where tills go', example: 'https://cart.shop.northeurope.azurecontainerapps.io' }),
  SMOKE_TOKEN_URL: z.url().meta({ description: 'who gives the till a token', example: 'https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token' }),
  SMOKE_CLIENT_ID: z.string().min(1).meta({ description: 'a till of the shop that is there for this', example: 'smoke-till' }),
  SMOKE_CLIENT_SECRET: z.string().min(1).meta({ description: 'its secret', example: '…', secret: true }),
  SMOKE_SCOPE: z.string().default('api://scanlon-checkout/.default').meta({ description: 'what the token is for', example: 'api://scanlon-checkout/.default' }),
  SMOKE_SKU: z.string().min(1).meta({ description: 'what it buys', example: 'TEA-01' }),
  SMOKE_PRICE_MINOR: z.coerce.number().int().min(1).meta({ description: 'what that costs', example: '299' }),
  SMOKE_CURRENCY: z.string().length(3).default('GBP').meta({ description: 'in which currency', example: 'GBP' }),
});

const { settings } = readSettings(SmokeEnvironment, process.env);
const answer = await fetch(settings.SMOKE_TOKEN_URL, {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: settings.SMOKE_CLIENT_ID, client_secret: settings.SMOKE_CLIENT_SECRET, scope: settings.SMOKE_SCOPE }),
});
if (!answer.ok) throw new Error(`No token for ${settings.SMOKE_CLIENT_ID}: ${answer.status}`);
const { access_token: token } = (await answer.json()) as { access_token: string };
process.stdout.write(`${await smokeSale({ frontDoorUrl: settings.FRONT_DOOR_URL, token, sku: settings.SMOKE_SKU, priceMinor: settings.SMOKE_PRICE_MINOR, currency: settings.SMOKE_CURRENCY })}\n`);

interface ProductInput { sku: string; barcode: string; description: string; unitPriceMinor: number; taxRateBp: number }

/** Articles as a corner shop stocks them: kind, price in pence, VAT rate in basis points (0 food, 500 energy, 2000 the rest), and its varieties. */
const shelves: readonly (readonly [code: string, article: string, priceMinor: number, taxRateBp: number, varieties: readonly string[]])[] = [
  ['TEA', 'Tea bags', 249, 0, ['40', '80', '160', '240 family', 'decaf 80', 'Earl Grey 50', 'green 20', 'peppermint 20']],
  ['COF', 'Coffee', 399, 0, ['instant 100 g', 'instant 200 g', 'ground 227 g', 'beans 500 g', 'decaf 100 g', 'pods 10', 'pods 30']],
  ['MIL', 'Milk', 115, 0, ['whole 1 pt', 'whole 2 pt', 'semi-skimmed 2 pt', 'semi-skimmed 4 pt', 'skimmed 2 pt', 'oat 1 l', 'soya 1 l', 'almond 1 l']],
  ['BRD', 'Bread', 139, 0, ['white medium', 'white thick', 'wholemeal', 'seeded', 'sourdough', 'rolls 6', 'bagels 5', 'pitta 6']],
  ['EGG', 'Eggs', 210, 0, ['free range 6', 'free range 12', 'organic 6', 'large 10']],
  ['CHE', 'Cheese', 325, 0, ['Cheddar mild 350 g', 'Cheddar mature 350 g', 'Red Leicester 250 g', 'Brie 200 g', 'Feta 200 g', 'Halloumi 225 g', 'grated 250 g']],
  ['BUT', 'Butter', 219, 0, ['salted 250 g', 'unsalted 250 g', 'spreadable 500 g', 'dairy-free 450 g']],
  ['YOG', 'Yoghurt', 95, 0, ['natural 500 g', 'Greek 500 g', 'strawberry 4 pack', 'raspberry 4 pack', 'vanilla 450 g', 'skyr 450 g']],
  ['FRT', 'Fruit', 180, 0, ['bananas 5', 'apples 6', 'pears 4', 'oranges 5', 'lemons 4', 'grapes 500 g', 'strawberries 400 g', 'blueberries 150 g', 'avocados 2', 'mango']],
  ['VEG', 'Vegetables', 120, 0, ['potatoes 2 kg', 'carrots 1 kg', 'onions 1 kg', 'broccoli', 'cauliflower', 'peppers 3', 'cucumber', 'tomatoes 6', 'mushrooms 300 g', 'spinach 200 g', 'garlic 4', 'lettuce']],
  ['MEA', 'Meat', 450, 0, ['chicken breast 650 g', 'chicken thighs 1 kg', 'beef mince 500 g', 'pork chops 4', 'bacon 300 g', 'sausages 8', 'ham 120 g', 'lamb mince 500 g']],
  ['FSH', 'Fish', 520, 0, ['salmon 2 fillets', 'cod 2 fillets', 'fish fingers 10', 'tuna in water 4', 'mackerel tin', 'prawns 150 g']],
  ['PAS', 'Pasta', 110, 0, ['spaghetti 500 g', 'penne 500 g', 'fusilli 1 kg', 'lasagne 500 g', 'gnocchi 500 g', 'noodles 250 g']],
  ['RIC', 'Rice', 165, 0, ['basmati 1 kg', 'long grain 1 kg', 'risotto 500 g', 'microwave pouch', 'brown 1 kg']],
  ['TIN', 'Tins', 85, 0, ['baked beans', 'chopped tomatoes', 'kidney beans', 'chickpeas', 'sweetcorn', 'peaches', 'tomato soup', 'chicken soup', 'coconut milk']],
  ['SAU', 'Sauces', 199, 0, ['ketchup 460 g', 'mayonnaise 400 g', 'brown sauce', 'pesto 190 g', 'bolognese jar', 'curry jar', 'soy sauce', 'mustard', 'olive oil 500 ml', 'vinegar']],
  ['CER', 'Breakfast', 275, 0, ['corn flakes 500 g', 'porridge oats 1 kg', 'muesli 750 g', 'granola 500 g', 'wheat biscuits 24', 'honey 340 g', 'strawberry jam', 'marmalade', 'peanut butter']],
  ['BAK', 'Baking', 130, 0, ['plain flour 1.5 kg', 'self-raising 1.5 kg', 'caster sugar 1 kg', 'brown sugar 500 g', 'baking powder', 'vanilla extract', 'yeast 6', 'cocoa 250 g']],
  ['CRI', 'Crisps', 165, 2000, ['ready salted 6', 'cheese & onion 6', 'salt & vinegar 6', 'tortilla chips', 'popcorn sweet', 'peanuts 200 g', 'pretzels', 'poppadoms']],
  ['CHO', 'Chocolate', 140, 2000, ['milk 180 g', 'dark 180 g', 'white 180 g', 'orange bar', 'caramel bar', 'biscuit fingers', 'mint thins', 'hazelnut 100 g', 'buttons bag', 'truffles box']],
  ['BIS', 'Biscuits', 125, 0, ['digestives', 'rich tea', 'shortbread', 'ginger nuts', 'custard creams', 'oat cookies', 'crackers', 'oatcakes']],
  ['SWE', 'Sweets', 120, 2000, ['wine gums', 'jelly babies', 'mints', 'liquorice', 'fruit pastilles', 'toffees', 'chewing gum']],
  ['ICE', 'Ice cream', 350, 2000, ['vanilla 1 l', 'chocolate 500 ml', 'strawberry 500 ml', 'cones 4', 'lollies 6', 'sorbet 500 ml']],
  ['FRZ', 'Frozen', 230, 0, ['peas 900 g', 'oven chips 1.5 kg', 'pizza margherita', 'pizza pepperoni', 'mixed berries', 'Yorkshire puddings 12', 'vegetable mix']],
  ['SOF', 'Soft drinks', 175, 2000, ['cola 2 l', 'cola zero 2 l', 'lemonade 2 l', 'orangeade 2 l', 'tonic water 1 l', 'still water 6', 'sparkling water 1 l', 'energy drink', 'squash orange', 'squash blackcurrant', 'ginger beer']],
  ['JUI', 'Juice', 195, 2000, ['orange 1 l', 'apple 1 l', 'pineapple 1 l', 'cranberry 1 l', 'smoothie 750 ml', 'tomato 1 l']],
  ['BEE', 'Beer', 520, 2000, ['lager 4', 'ale 500 ml', 'IPA 4', 'stout 4', 'alcohol-free 4', 'wheat 500 ml']],
  ['WIN', 'Wine', 850, 2000, ['Merlot', 'Rioja', 'Malbec', 'Chardonnay', 'Sauvignon Blanc', 'Pinot Grigio', 'rosé', 'Prosecco']],
  ['CLE', 'Cleaning', 220, 2000, ['washing-up liquid', 'bleach', 'surface spray', 'bathroom spray', 'floor cleaner', 'sponges 5', 'cloths 3', 'rubber gloves', 'bin bags 20']],
  ['LAU', 'Laundry', 650, 2000, ['liquid 1 l', 'capsules 30', 'powder 2 kg', 'softener 1 l', 'stain remover']],
  ['PAP', 'Paper', 375, 2000, ['toilet roll 9', 'kitchen roll 2', 'tissues', 'napkins 50', 'foil 10 m', 'cling film', 'baking paper']],
  ['TOI', 'Toiletries', 210, 2000, ['toothpaste', 'toothbrush', 'shampoo', 'conditioner', 'shower gel', 'soap 4', 'deodorant', 'razors 5', 'hand cream', 'cotton wool']],
  ['BAB', 'Baby', 480, 0, ['nappies size 3', 'nappies size 4', 'nappies size 5', 'food pouch', 'formula 800 g']],
  ['PET', 'Pet food', 390, 2000, ['dog tins 6', 'dog dry 2 kg', 'cat pouches 12', 'cat dry 950 g', 'cat litter', 'bird seed']],
  ['HOU', 'Household', 300, 2000, ['batteries AA 4', 'batteries AAA 4', 'light bulb E27', 'light bulb B22', 'candles 6', 'matches', 'umbrella', 'sellotape']],
  ['FUE', 'Fuel', 699, 500, ['logs bag', 'kindling', 'smokeless coal 10 kg', 'firelighters']],
  ['NEW', 'News', 160, 0, ['daily paper', 'Sunday paper', 'TV guide', 'crossword book', 'birthday card', 'envelopes 20', 'notebook', 'pens 4']],
];

/** A few hundred products with barcodes, prices and tax rates, always the same. */
export const products: readonly ProductInput[] = shelves.flatMap(([code, article, priceMinor, taxRateBp, varieties], shelf) =>
  varieties.map((variety, index) => ({
    sku: `${code}-${String(index + 1).padStart(2, '0')}`,
    barcode: ean13(500_000_000_000 + shelf * 1_000 + index),
    description: `${article}, ${variety}`,
    // Prices end in 5 or 9, as they do; dearer as the shelf goes on.
    unitPriceMinor: Math.round((priceMinor * (100 + index * 13)) / 1_000) * 10 + (index % 2 === 0 ? 9 : 5),
    taxRateBp,
  })),
);

/** Twelve digits and their check digit (GS1 General Specifications §7.9). */
function ean13(twelveDigits: number): string {
  const digits = String(twelveDigits);
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return digits + String((10 - (sum % 10)) % 10);
}

/** 100 KB as JSON: what a list in a shop answers. The same in every server. */
export const orders = Array.from({ length: 500 }, (_, i) => ({
  id: i + 1,
  customer: `customer-${(i * 7919) % 1000}`,
  city: ['Bern', 'Lyon', 'Porto', 'Ghent'][i % 4],
  total: ((i * 1337) % 90_000) / 100,
  paid: i % 3 === 0,
  lines: [
    { article: `kettle-${i % 50}`, count: (i % 4) + 1 },
    { article: `cup-${i % 70}`, count: (i % 6) + 1 }
  ],
  note: 'Leave it with the neighbours, they are at home.'
}))

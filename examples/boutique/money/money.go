// Package money adds up amounts of one currency.
package money

import shopv1 "gen/shop/v1"

const nanosPerUnit = 1_000_000_000
const nanosPerCent = nanosPerUnit / 100

// Dollars is an amount of US dollars, given in cents.
func Dollars(cents int64) *shopv1.Money {
	return &shopv1.Money{Currency: "USD", Units: cents / 100, Nanos: int32(cents % 100 * nanosPerCent)}
}

// Add is the sum of two amounts of the same currency.
func Add(a, b *shopv1.Money) *shopv1.Money {
	return carry(a.Currency, a.Units+b.Units, int64(a.Nanos)+int64(b.Nanos))
}

// Times is what so many pieces cost together.
func Times(price *shopv1.Money, pieces int32) *shopv1.Money {
	return carry(price.Currency, price.Units*int64(pieces), int64(price.Nanos)*int64(pieces))
}

// Round is the amount to the nearest cent, half a cent away from 0: prices are rounded before they are added up, so
// that what a customer reads adds up, too.
func Round(m *shopv1.Money) *shopv1.Money {
	half := int64(nanosPerCent / 2)
	if m.Nanos < 0 || m.Units < 0 {
		half = -half
	}
	nanos := (int64(m.Nanos) + half) / nanosPerCent * nanosPerCent
	return carry(m.Currency, m.Units, nanos)
}

// carry makes units of whole billions of nanos, and gives both the same sign.
func carry(currency string, units, nanos int64) *shopv1.Money {
	units += nanos / nanosPerUnit
	nanos %= nanosPerUnit
	if units > 0 && nanos < 0 {
		units, nanos = units-1, nanos+nanosPerUnit
	} else if units < 0 && nanos > 0 {
		units, nanos = units+1, nanos-nanosPerUnit
	}
	return &shopv1.Money{Currency: currency, Units: units, Nanos: int32(nanos)}
}

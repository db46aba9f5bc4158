package main

import "github.com/multi-orm/orm"

// Country is a table of its own, the middle of everything here. Pointers are columns that may be NULL.
type Country struct {
	Code        string   `orm:"code,id"`
	Alpha2      string   `orm:"cca2,unique"`
	Name        string   `orm:"name"`
	Official    string   `orm:"official_name"`
	Capital     *string  `orm:"capital"`
	Region      string   `orm:"region,index"`
	Subregion   *string  `orm:"subregion"`
	Area        *float64 `orm:"area_km2"`
	Lat         float64  `orm:"lat"`
	Lng         float64  `orm:"lng"`
	Landlocked  bool     `orm:"landlocked"`
	Independent *bool    `orm:"independent"`

	Cities     []City     `orm:"relation=code:country_code"`
	Neighbours []Country  `orm:"relation=code:code,through=borders(country_code:neighbour_code)"`
	Languages  []Language `orm:"relation=code:code,through=country_languages(country_code:language_code)"`
	Currencies []Currency `orm:"relation=code:code,through=country_currencies(country_code:currency_code)"`
}

// City leads back to its country.
type City struct {
	ID          int64   `orm:"id"`
	Name        string  `orm:"name"`
	CountryCode string  `orm:"country_code,index"`
	Population  int64   `orm:"population"`
	Lat         float64 `orm:"lat"`
	Lng         float64 `orm:"lng"`

	Country *Country `orm:"relation=country_code:code"`
}

type Language struct {
	Code string `orm:"code,id"`
	Name string `orm:"name"`
}

// Currency has its rate in another data source.
type Currency struct {
	Code   string  `orm:"code,id"`
	Name   string  `orm:"name"`
	Symbol *string `orm:"symbol"`

	Rate *Rate `orm:"relation=code:code"`
}

// The link tables. They have models because the quickstart fills them; a relation alone needs only through=.
type (
	Border struct {
		CountryCode   string `orm:"country_code,id"`
		NeighbourCode string `orm:"neighbour_code,id"`
	}
	CountryLanguage struct {
		CountryCode  string `orm:"country_code,id"`
		LanguageCode string `orm:"language_code,id"`
	}
	CountryCurrency struct {
		CountryCode  string `orm:"country_code,id"`
		CurrencyCode string `orm:"currency_code,id"`
	}
)

// The columns that the program asks about. A name or a type that does not fit the model stops the start.
var (
	Countries = orm.Bind[Country, struct {
		Code        orm.Text[Country]
		Name        orm.Text[Country]
		Capital     orm.Text[Country]
		Region      orm.Text[Country]
		Area        orm.Col[Country, float64]
		Landlocked  orm.Col[Country, bool]
		Independent orm.Col[Country, bool]
		Cities      orm.Many[Country, City]
		Neighbours  orm.Many[Country, Country]
		Languages   orm.Many[Country, Language]
		Currencies  orm.Many[Country, Currency]
	}]()
	Cities = orm.Bind[City, struct {
		Name       orm.Text[City]
		Population orm.Col[City, int64]
		Lat        orm.Col[City, float64]
		Country    orm.One[City, Country]
	}]()
	Languages = orm.Bind[Language, struct {
		Code orm.Text[Language]
		Name orm.Text[Language]
	}]()
	Currencies = orm.Bind[Currency, struct {
		Code orm.Text[Currency]
		Name orm.Text[Currency]
		Rate orm.One[Currency, Rate]
	}]()
)

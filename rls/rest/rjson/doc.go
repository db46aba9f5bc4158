// Package rjson reads and writes RJSON, a form of JSON that stands in a URL's query without escapes: what JSON writes with
// braces, brackets and double quotes, it writes with parentheses, underscores and single quotes.
//
//	(where:(title.like:'Hello%',id:_(1,2,3)_),columns:~T(id,title)~,orderBy:(created_at:desc))
//
// The grammar, with white space (space, tab, CR, LF) allowed between tokens:
//
//	value   = object | array | mapped | string | number | word
//	object  = "(" [ member { "," member } ] ")"
//	member  = key ":" [ value ]                      an empty place is undefined
//	array   = "_(" [ [ value ] { "," [ value ] } ] ")_"
//	mapped  = "~" value "(" [ key { "," key } ] ")" "~"
//	key     = word | string
//	string  = ' … ' | " … " | ` … `                  \ takes \ ' " ` / b f n r t, uXXXX
//	number  = [ "+" | "-" ] as in JSON
//	word    = a letter, _ or $, then letters, digits and _ $ . - of ASCII
//
// The words T, F and N are true, false and null, U is undefined; X is NaN, I and -I the infinities, -0 negative zero. Any
// other word is a string. A mapped array is an object that gives one value to many names: ~T(a,b)~ is (a:T,b:T). Its value, where it
// is an object, begins with \( so that the names can be told from it: ~\(x:1)(a,b)~. It may be a mapped array itself:
// ~~F(a)~(b)~ is (b:(a:F)).
//
// What is undefined is not there: in an object the member is left out, in an array it is null.
//
// Names that stand twice in an object, more than [MaxDepth] levels, invalid UTF-8 and text behind the value are errors with
// their offset. Reading and writing lose nothing: integers keep every digit, members their order.
package rjson

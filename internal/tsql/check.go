package tsql

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/sqlc-dev/teesql/ast"
	"github.com/sqlc-dev/teesql/parser"
)

// maxParams is the number of parameters that SQL Server takes.
const maxParams = 2100

// banned is what other dialects say and T-SQL does not, though a lenient grammar may let it pass as a name.
var banned = regexp.MustCompile(`(?i)::|\|\||` + "`" + `|\$\d|\b(LIMIT|RETURNING|ON\s+CONFLICT|TRUE|FALSE|NULLS\s+(FIRST|LAST)|ILIKE|GLOB|IS\s+(NOT\s+)?DISTINCT)\b`)

var parameter = regexp.MustCompile(`@p(\d+)`)

// Check reports why text is not exactly one statement of T-SQL.
func Check(text string) error { return check(text, true) }

// CheckBatch reports why text is not statements of T-SQL with "; " between them, such as the update and the insert of an upsert: each
// is checked by itself, their parameters together.
func CheckBatch(text string) error {
	parts, err := split(text)
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		return Check(text)
	}
	for _, part := range parts {
		if err := check(part, false); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	var code strings.Builder
	for _, part := range parts {
		bare, err := skeleton(part)
		if err != nil {
			return err
		}
		code.WriteString(bare + " ")
	}
	return parameters(code.String())
}

// split takes a batch apart at what stands between its statements.
func split(text string) ([]string, error) {
	var parts []string
	var end byte
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case end != 0:
			switch {
			case c != end:
			case i+1 < len(text) && text[i+1] == end: // doubled, it is one of the text
				i++
			default:
				end = 0
			}
		case c == '\'' || c == '"':
			end = c
		case c == '[':
			end = ']'
		case c == ';':
			if !strings.HasPrefix(text[i:], "; ") {
				return nil, errors.New("a semicolon that nothing follows")
			}
			parts = append(parts, text[from:i])
			from = i + 2
		}
	}
	return append(parts, text[from:]), nil
}

func check(text string, whole bool) error {
	code, err := skeleton(text)
	if err != nil {
		return err
	}
	if word := banned.FindString(code); word != "" {
		return fmt.Errorf("%q is not T-SQL", word)
	}
	settled := strings.ReplaceAll(switchedOn.ReplaceAllString(code, "$1"), "= ON", "= yes") // of an index
	if loose := unfinished.FindString(settled); loose != "" {
		return fmt.Errorf("nothing follows %q", strings.TrimSpace(loose))
	}
	if c := badCollate.FindString(code); c != "" {
		return fmt.Errorf("%q: a type in a cast has no collation", c)
	}
	if whole {
		if err := parameters(code); err != nil {
			return err
		}
	}
	return single(barethrow.ReplaceAllString(withoutCollate(text), "RETURN END"))
}

// barethrow throws again what was caught. The grammar knows a THROW with arguments only.
var barethrow = regexp.MustCompile(`\bTHROW END\b`)

// unfinished is a word that something must follow; the grammar is lenient about some.
var unfinished = regexp.MustCompile(`(?i)(\b(SELECT|FROM|WHERE|AND|OR|NOT|IN|LIKE|BETWEEN|BY|SET|ON|JOIN|AS|CASE|WHEN|THEN|ELSE|EXISTS|OUTPUT|INTO|UPDATE|ESCAPE)|[=<>+,.])\s*(\)|$)`)

// switchedOn ends with a word that needs nothing behind it here.
var switchedOn = regexp.MustCompile(`(SET (IDENTITY_INSERT [\[\].]+|XACT_ABORT)) ON$`)

// badCollate is a collation inside CAST(… AS type).
var badCollate = regexp.MustCompile(`(?i)\bAS \w+(\(\w+\))? COLLATE`)

// operandCollate is a collation after an expression that is compared or joined to another. The grammar takes it in a select list only.
var operandCollate = regexp.MustCompile(`(?i)(\]|\)) COLLATE \w+( LIKE | AND | \+ | END|\)|$)`)

// withoutCollate takes off what the grammar does not know.
func withoutCollate(text string) string { return operandCollate.ReplaceAllString(text, "$1$2") }

// skeleton empties strings and bracketed names, so that what is found in the rest is code. Parentheses must balance.
func skeleton(text string) (string, error) {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		b.WriteByte(c)
		end := byte(0)
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case '\'', '"':
			end = c
		case '[':
			end = ']'
		case ';':
			return "", errors.New("a semicolon outside quotes")
		}
		if depth < 0 {
			return "", errors.New("a parenthesis is closed that was not opened")
		}
		if strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*") {
			return "", errors.New("a comment")
		}
		if end == 0 {
			continue
		}
		for i++; ; i++ {
			if i >= len(text) {
				return "", fmt.Errorf("%q is not closed", c)
			}
			if text[i] != end {
				continue
			}
			if i+1 < len(text) && text[i+1] == end {
				i++
				continue
			}
			b.WriteByte(end)
			break
		}
	}
	if depth != 0 {
		return "", errors.New("a parenthesis is not closed")
	}
	return b.String(), nil
}

// parameters demands @p1 … @pn, each once and in order, and no more than the server takes.
func parameters(code string) error {
	found := parameter.FindAllStringSubmatch(code, -1)
	for i, m := range found {
		if m[1] != strconv.Itoa(i+1) {
			return fmt.Errorf("parameter %d is %s", i+1, m[0])
		}
	}
	if len(found) > maxParams {
		return fmt.Errorf("%d parameters; SQL Server takes %d", len(found), maxParams)
	}
	return nil
}

// single parses text and demands one statement that spans it all.
func single(text string) error {
	script, err := parser.Parse(context.Background(), strings.NewReader(text))
	if err != nil {
		return err
	}
	var all []ast.Statement
	for _, b := range script.Batches {
		all = append(all, b.Statements...)
	}
	if len(all) != 1 {
		return fmt.Errorf("%d statements, want one", len(all))
	}
	if _, err := parser.MarshalScript(script); err != nil {
		return err
	}
	span, ok := all[0].(interface{ Frag() *ast.Fragment })
	if !ok || !span.Frag().HasSpan() {
		return fmt.Errorf("a %T has no place in the text", all[0])
	}
	if f, n := span.Frag(), len(utf16.Encode([]rune(text))); f.StartOffset != 0 || f.FragmentLength != n {
		return fmt.Errorf("the statement ends at %d of %d", f.EndOffset(), n)
	}
	return nil
}

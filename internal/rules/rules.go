// Package rules reads the validate tags of models, whose rules validator/v10 checks.
package rules

import "strings"

// WithoutCrossField drops the rules that name other fields.
func WithoutCrossField(tag string) string {
	var kept []string
	for _, rule := range strings.Split(tag, ",") {
		name, _, _ := strings.Cut(rule, "=")
		if strings.Contains(name, "field") || strings.HasPrefix(name, "required_") || strings.HasPrefix(name, "excluded_") {
			continue
		}
		kept = append(kept, rule)
	}
	return strings.Join(kept, ",")
}

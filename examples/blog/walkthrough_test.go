package main

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

//go:embed walkthrough.http
var walkthrough string

var placeholder = regexp.MustCompile(`\{\{([^}]+)\}\}`)

// The file walkthrough.http is run request by request, as a client of an editor does, and every status holds.
func TestWalkthrough(t *testing.T) {
	visitor, _ := started(t, nil)
	replies := map[string]any{}
	fill := func(text string) string {
		return placeholder.ReplaceAllStringFunc(text, func(m string) string {
			name := m[2 : len(m)-2]
			switch {
			case name == "host":
				return ""
			case name == "query":
				return "/query"
			case strings.HasPrefix(name, "$timestamp"):
				return strconv.FormatInt(time.Now().Add(-20*time.Minute).Unix(), 10)
			}
			request, path, _ := strings.Cut(name, ".response.body.$.")
			value := replies[request]
			for step := range strings.SplitSeq(path, ".") {
				switch at := value.(type) {
				case map[string]any:
					value = at[step]
				case []any:
					i, _ := strconv.Atoi(step)
					value = at[i]
				}
			}
			out, ok := value.(string)
			if !ok {
				t.Fatalf("%s leads to nothing", name)
			}
			return out
		})
	}
	requests := strings.Split(walkthrough, "\n### ")[1:]
	if len(requests) != 38 {
		t.Errorf("the file has %d requests", len(requests))
	}
	for _, text := range requests {
		heading, rest, _ := strings.Cut(text, "\n")
		status, err := strconv.Atoi(heading[strings.LastIndexByte(heading, ' ')+1:])
		if err != nil {
			t.Fatal(heading)
		}
		name := ""
		if after, ok := strings.CutPrefix(rest, "# @name "); ok {
			name, rest, _ = strings.Cut(after, "\n")
		}
		head, body, _ := strings.Cut(rest, "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		method, target, _ := strings.Cut(lines[0], " ")
		got := visitor.does(status, method, strings.ReplaceAll(fill(target), " ", "%20"), strings.TrimSpace(fill(body)), lines[1:]...)
		if name != "" {
			var reply any
			if err := json.Unmarshal([]byte(got), &reply); err != nil {
				t.Fatal(err)
			}
			replies[name] = reply
		}
	}
}

package introspect

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// sumFile holds what Atlas knows the files of a folder by.
const sumFile = "atlas.sum"

// atlasIgnored is the mark of a file that the sum leaves out.
var atlasIgnored = regexp.MustCompile(`^[ -~]*atlas:sum +ignore\s*(\n|$)`)

// sumOf computes the sum of a folder as Atlas does: each line is a hash over all files so far, the first one over the lines.
func sumOf(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir) // in order
	if err != nil {
		return nil, failed(err)
	}
	var lines bytes.Buffer
	over, all := sha256.New(), sha256.New()
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".sql") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the folder is the caller's
		if err != nil {
			return nil, failed(err)
		}
		over.Write([]byte(name))
		if atlasIgnored.Match(text) {
			continue
		}
		over.Write(text)
		hash := base64.StdEncoding.EncodeToString(over.Sum(nil))
		all.Write([]byte(name + hash))
		lines.WriteString(name + " h1:" + hash + "\n")
	}
	return append([]byte("h1:"+base64.StdEncoding.EncodeToString(all.Sum(nil))+"\n"), lines.Bytes()...), nil
}

// checkSum refuses a folder whose files are not those that its sum was made of: a new sum would hide that.
func checkSum(dir string) error {
	said, err := os.ReadFile(filepath.Join(dir, sumFile)) //nolint:gosec // the folder is the caller's
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return failed(err)
	}
	is, err := sumOf(dir)
	if err == nil && !bytes.Equal(bytes.TrimSpace(is), bytes.TrimSpace(said)) {
		return invalid("", "the files in the folder are not those that atlas.sum was made of: look at what changed, then run atlas migrate hash")
	}
	return err
}

// writeSum puts the sum in the place of the one before.
func writeSum(dir string) error {
	sum, err := sumOf(dir)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, sumFile)
	if err := os.WriteFile(path+".new", sum, 0o644); err != nil { //nolint:gosec // source code is for everybody to read
		return failed(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return failed(err)
	}
	return nil
}

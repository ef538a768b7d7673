package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// Checksums is the answer; being a struct, it is sent as JSON.
type Checksums struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	CRC32  string `json:"crc32"`
}

func handler(event map[string]any) (any, error) {
	sha, crc := sha256.New(), crc32.NewIEEE()
	size, err := io.Copy(io.MultiWriter(sha, crc), body(event))
	if err != nil {
		return nil, err
	}
	return Checksums{size, hex.EncodeToString(sha.Sum(nil)), fmt.Sprintf("%08x", crc.Sum32())}, nil
}

// body reads what was sent: bytes that are no text come as base64.
func body(event map[string]any) io.Reader {
	text, _ := event["body"].(string)
	if event["is_base64"] == true {
		return base64.NewDecoder(base64.StdEncoding, strings.NewReader(text))
	}
	return strings.NewReader(text)
}

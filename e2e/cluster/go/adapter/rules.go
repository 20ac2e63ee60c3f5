package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

// Configuration is prometheus-adapter's file, as far as metrics of pods go. A
// key that is not here is refused, not ignored.
type Configuration struct {
	Rules []*Rule `json:"rules"`
}

// Rule says which series are offered under which name, and how they are asked for.
type Rule struct {
	SeriesQuery string `json:"seriesQuery"`
	Resources   struct {
		Overrides map[string]struct {
			Resource string `json:"resource"`
		} `json:"overrides"`
	} `json:"resources"`
	Name struct {
		As string `json:"as"`
	} `json:"name"`
	MetricsQuery string `json:"metricsQuery"`

	query *template.Template
	// Labels of the series that name the namespace and the pod.
	namespace, pod string
}

// blanks are those of `metricsQuery`.
type blanks struct {
	Series, LabelMatchers, GroupBy string
}

// readRules reads and checks the rules of a file.
func readRules(path string) ([]*Rule, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var read Configuration
	if err := yaml.UnmarshalStrict(text, &read); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(read.Rules) == 0 {
		return nil, fmt.Errorf("%s: there are no rules", path)
	}
	for number, rule := range read.Rules {
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("%s: rule %d: %w", path, number+1, err)
		}
	}
	return read.Rules, nil
}

func (r *Rule) check() error {
	if r.SeriesQuery == "" {
		return errors.New("it has no seriesQuery")
	}
	for label, found := range r.Resources.Overrides {
		switch found.Resource {
		case "namespace":
			r.namespace = label
		case "pod":
			r.pod = label
		default:
			return fmt.Errorf("metrics of %q are not offered, of pods only", found.Resource)
		}
	}
	if len(r.Resources.Overrides) != 2 || r.namespace == "" || r.pod == "" {
		return errors.New("resources.overrides names one label for namespace and one for pod")
	}
	parsed, err := template.New("metricsQuery").Delims("<<", ">>").Parse(r.MetricsQuery)
	if err != nil {
		return err
	}
	r.query = parsed
	_, err = r.fill("series", "", nil)
	return err
}

// name is what the metric of a series is called.
func (r *Rule) name(series string) string {
	if r.Name.As != "" {
		return r.Name.As
	}
	return series
}

// fill returns the query for pods of one namespace.
func (r *Rule) fill(series, namespace string, pods []string) (string, error) {
	var text strings.Builder
	err := r.query.Execute(&text, blanks{
		Series:        series,
		LabelMatchers: fmt.Sprintf("%s=%q,%s=~%q", r.namespace, namespace, r.pod, strings.Join(pods, "|")),
		GroupBy:       r.pod,
	})
	return text.String(), err
}

package main

import (
	"context"
	"fmt"
	"math"
	"time"

	prometheus "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/klog/v2"
	"k8s.io/metrics/pkg/apis/custom_metrics"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider/helpers"
)

const (
	patience = 5 * time.Second
	// A series that was last seen longer ago is no more.
	remembered = 5 * time.Minute
)

var podResource = schema.GroupResource{Resource: "pods"}

// podMetrics offers to autoscalers what a Prometheus knows of pods.
type podMetrics struct {
	rules      []*Rule
	prometheus prometheus.API
	client     dynamic.Interface
	mapper     meta.RESTMapper
}

var _ provider.CustomMetricsProvider = (*podMetrics)(nil)

// offered is a metric for which there are series.
type offered struct {
	rule   *Rule
	series string
}

// ListAllMetrics names the metrics for which there are series now.
func (p *podMetrics) ListAllMetrics() []provider.CustomMetricInfo {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	known, err := p.known(ctx)
	if err != nil {
		klog.ErrorS(err, "No metric is known")
	}
	var found []provider.CustomMetricInfo
	for name := range known {
		found = append(found, provider.CustomMetricInfo{GroupResource: podResource, Namespaced: true, Metric: name})
	}
	return found
}

// GetMetricByName returns a metric of one pod.
func (p *podMetrics) GetMetricByName(
	ctx context.Context, name types.NamespacedName, info provider.CustomMetricInfo, selector labels.Selector,
) (*custom_metrics.MetricValue, error) {
	found, err := p.values(ctx, name.Namespace, []string{name.Name}, info, selector)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, provider.NewMetricNotFoundForError(info.GroupResource, info.Metric, name.Name)
	}
	return &found[0], nil
}

// GetMetricBySelector returns a metric of all pods that have some labels. Pods
// of which nothing is known are left out.
func (p *podMetrics) GetMetricBySelector(
	ctx context.Context, namespace string, pods labels.Selector, info provider.CustomMetricInfo, selector labels.Selector,
) (*custom_metrics.MetricValueList, error) {
	names, err := helpers.ListObjectNames(p.mapper, p.client, namespace, pods, info)
	if err != nil {
		return nil, err
	}
	found, err := p.values(ctx, namespace, names, info, selector)
	if err != nil {
		return nil, err
	}
	return &custom_metrics.MetricValueList{Items: found}, nil
}

func (p *podMetrics) values(
	ctx context.Context, namespace string, pods []string, info provider.CustomMetricInfo, selector labels.Selector,
) ([]custom_metrics.MetricValue, error) {
	if info.GroupResource != podResource {
		return nil, provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	}
	if !selector.Empty() {
		return nil, fmt.Errorf("a selector of series (%s) is not offered", selector)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	known, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
	metric, found := known[info.Metric]
	if !found {
		return nil, provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	}
	samples, err := p.ask(ctx, metric, namespace, pods)
	if err != nil {
		return nil, err
	}
	var values []custom_metrics.MetricValue
	for _, sample := range samples {
		pod := types.NamespacedName{Namespace: namespace, Name: string(sample.Metric[model.LabelName(metric.rule.pod)])}
		reference, err := helpers.ReferenceFor(p.mapper, pod, info)
		if err != nil {
			return nil, err
		}
		values = append(values, custom_metrics.MetricValue{
			DescribedObject: reference,
			Metric:          custom_metrics.MetricIdentifier{Name: info.Metric},
			Timestamp:       metav1.Time{Time: sample.Timestamp.Time()},
			Value:           *quantity(float64(sample.Value)),
		})
	}
	return values, nil
}

// known returns the metrics for which there are series, by name.
func (p *podMetrics) known(ctx context.Context) (map[string]offered, error) {
	found, now := map[string]offered{}, time.Now()
	for _, rule := range p.rules {
		series, _, err := p.prometheus.Series(ctx, []string{rule.SeriesQuery}, now.Add(-remembered), now)
		if err != nil {
			return nil, fmt.Errorf("series %s: %w", rule.SeriesQuery, err)
		}
		for _, one := range series {
			name := string(one[model.MetricNameLabel])
			found[rule.name(name)] = offered{rule, name}
		}
	}
	return found, nil
}

func (p *podMetrics) ask(ctx context.Context, metric offered, namespace string, pods []string) (model.Vector, error) {
	query, err := metric.rule.fill(metric.series, namespace, pods)
	if err != nil {
		return nil, err
	}
	answer, _, err := p.prometheus.Query(ctx, query, time.Now())
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", query, err)
	}
	vector, isVector := answer.(model.Vector)
	if !isVector {
		return nil, fmt.Errorf("query %s: a %s is no vector", query, answer.Type())
	}
	return vector, nil
}

// quantity returns a sample as prometheus-adapter gives it: in thousandths, and
// 0 where there was nothing to divide.
func quantity(value float64) *resource.Quantity {
	if math.IsNaN(value) {
		value = 0
	}
	return resource.NewMilliQuantity(int64(value*1000), resource.DecimalSI)
}

